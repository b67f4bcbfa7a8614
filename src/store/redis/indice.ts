/** O índice das salas no Redis: quais há, quantos estão em cada uma, quais podem estar vazias. */

import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { MAXIMO_DE_SALAS, salasDemais } from '../teto-de-salas.ts';
import { INDICE } from './chaves.ts';
import type { SalaCitada } from './registros.ts';
import { anotarOcupacao, buscarNoIndice, criarNoIndice, lerVazias, tirarDoIndice } from './scripts/indice.ts';

export interface SalaBuscada {
  readonly sala: SalaCitada;
  /** Os ids de mensagem da sala começam depois deste. */
  readonly piso: string;
}

/** Como a sala se contou. */
export type Ocupacao = readonly [mudancas: number, quantos: number, vaziaDesde: number];

export class Indice {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;

  constructor(redis: RedisConnection, relogio: RelogioDividido) {
    this.#redis = redis;
    this.#relogio = relogio;
  }

  async buscar(nome: string): Promise<SalaBuscada | undefined> {
    const achada = await this.#redis.executar(buscarNoIndice, INDICE, { comparavel: nomeComparavel(nome) });
    if (!achada) return undefined;
    const [{ id, nome: comoSeMostra, chave }, piso] = achada;
    return { sala: { id, nome: comoSeMostra, chave }, piso };
  }

  /** @throws SALA_JA_EXISTE, LIMITE_EXCEDIDO se não cabem mais salas */
  async criar(nome: string): Promise<void> {
    const argumentos = {
      agora: this.#relogio.agoraMs(),
      comparavel: nomeComparavel(nome),
      nome,
      maximo: MAXIMO_DE_SALAS,
    };
    const { desfecho } = await this.#redis.executar(criarNoIndice, INDICE, argumentos);
    if (desfecho === 'EXISTE') throw new ContractError('SALA_JA_EXISTE');
    if (desfecho === 'CHEIO') throw salasDemais();
  }

  /** Quantos estão na sala, como ela os contou: o que se contou depois vale, em qualquer ordem que chegue. */
  async anotarOcupacao({ id, chave }: SalaCitada, [mudancas, quantos, desde]: Ocupacao): Promise<void> {
    await this.#redis.executar(anotarOcupacao, INDICE, { comparavel: chave, salaId: id, mudancas, quantos, desde });
  }

  /** As que podem estar vazias há algum tempo, no máximo algumas; em cada uma é que se vê. */
  vaziasHa(inativaMs: number, maximo: number): Promise<SalaCitada[]> {
    return this.#redis.executar(lerVazias, INDICE, { agora: this.#relogio.agoraMs(), inativaMs, maximo });
  }

  /**
   * @param ultimo o último id de mensagem da sala
   * @returns false se o nome já era de outra sala
   */
  tirar({ id, chave }: SalaCitada, ultimo: string): Promise<boolean> {
    return this.#redis.executar(tirarDoIndice, INDICE, { comparavel: chave, salaId: id, ultimo });
  }
}
