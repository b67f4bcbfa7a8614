/** O índice das salas no Redis: quais há, quantos estão em cada uma, quais podem estar vazias. */

import { ContractError } from '../../../contract/errors.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import type { NovaSala } from '../../store.ts';
import {
  MAXIMO_DE_PERMANENTES,
  MAXIMO_DE_PERMANENTES_DO_DONO,
  MAXIMO_DE_SALAS,
  permanentesDemais,
  salasDemais,
  vaziasDemais,
} from '../../teto-de-salas.ts';
import { chavesDosCriadores, INDICE } from '../formato/chaves.ts';
import type { Dono, SalaCitada, Situacao } from '../formato/registros.ts';
import {
  anotarSituacao,
  buscarNoIndice,
  criarNoIndice,
  lerVazias,
  reservarPermanente,
  tirarDoIndice,
  verSeCabe,
} from '../scripts/indice.ts';

export interface SalaBuscada {
  readonly sala: SalaCitada;
  /** Os ids de mensagem da sala começam depois deste. */
  readonly piso: string;
  /** Quem a criou: o dono, até que a sala diga outro. */
  readonly criador: Dono | undefined;
}

export class Indice {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;
  readonly #aoContar: (sala: SalaCitada, situacao: Situacao) => void;

  /** @param aoContar recebe, antes de se anotar, o que cada sala contou de si a este servidor */
  constructor(
    redis: RedisConnection,
    relogio: RelogioDividido,
    aoContar: (sala: SalaCitada, situacao: Situacao) => void = () => {},
  ) {
    this.#redis = redis;
    this.#relogio = relogio;
    this.#aoContar = aoContar;
  }

  async buscar(nome: string): Promise<SalaBuscada | undefined> {
    const achada = await this.#redis.executar(buscarNoIndice, INDICE, { comparavel: nomeComparavel(nome) });
    if (!achada) return undefined;
    const [{ id, nome: comoSeMostra, chave, criador }, piso] = achada;
    return { sala: { id, nome: comoSeMostra, chave }, piso, criador };
  }

  /**
   * Só lê: nada fica de uma sala que não cabe.
   * @throws SALA_JA_EXISTE, LIMITE_EXCEDIDO se não cabem mais salas
   */
  async exigirLugar(nova: NovaSala): Promise<void> {
    exigirQueCaiba(await this.#redis.executar(verSeCabe, chavesDeCriar(nova), argumentosDeCaber(nova)));
  }

  /** @throws SALA_JA_EXISTE, LIMITE_EXCEDIDO se não cabem mais salas */
  async criar(nova: NovaSala, criador: Dono): Promise<void> {
    const argumentos = {
      ...argumentosDeCaber(nova),
      agora: this.#relogio.agoraMs(),
      nome: nova.nomeSala,
      criador: JSON.stringify(criador),
      rede: nova.rede ?? '',
    };
    exigirQueCaiba(await this.#redis.executar(criarNoIndice, chavesDeCriar(nova), argumentos));
  }

  /** O que a sala contou de si: o que contou depois vale, em qualquer ordem que chegue. */
  async anotar(sala: SalaCitada, situacao: Situacao): Promise<void> {
    this.#aoContar(sala, situacao);
    const { id, chave } = sala;
    const [mudancas, quantos, desde, revisao, configurado] = situacao;
    const argumentos = { comparavel: chave, salaId: id, mudancas, quantos, desde, revisao, configurado };
    await this.#redis.executar(anotarSituacao, INDICE, argumentos);
  }

  /** @throws LIMITE_EXCEDIDO */
  async reservarPermanente({ chave }: SalaCitada, donoId: number): Promise<void> {
    const argumentos = {
      comparavel: chave,
      donoId: String(donoId),
      maximo: MAXIMO_DE_PERMANENTES,
      maximoDoDono: MAXIMO_DE_PERMANENTES_DO_DONO,
    };
    if (!(await this.#redis.executar(reservarPermanente, INDICE, argumentos))) throw permanentesDemais();
  }

  /** As que podem estar vazias há algum tempo, no máximo algumas; em cada uma é que se vê. */
  vaziasHa(inativaMs: number, maximo: number): Promise<SalaCitada[]> {
    return this.#redis.executar(lerVazias, INDICE, { agora: this.#relogio.agoraMs(), inativaMs, maximo });
  }

  /**
   * @param ultimo o último id de mensagem da sala
   * @returns false se o nome já era de outra sala
   */
  tirar({ id, chave, criador, rede = '' }: SalaCitada, ultimo: string): Promise<boolean> {
    const chaves = { ...INDICE, ...chavesDosCriadores(criador?.id ?? 0, rede) };
    return this.#redis.executar(tirarDoIndice, chaves, { comparavel: chave, salaId: id, ultimo });
  }
}

function chavesDeCriar({ sessaoId, rede = '' }: NovaSala) {
  return { ...INDICE, ...chavesDosCriadores(sessaoId, rede) };
}

function argumentosDeCaber({ nomeSala, vazias }: NovaSala) {
  return {
    comparavel: nomeComparavel(nomeSala),
    maximo: MAXIMO_DE_SALAS,
    vaziasPorPessoa: vazias?.porPessoa ?? 0,
    vaziasPorRede: vazias?.porRede ?? 0,
  };
}

function exigirQueCaiba({ desfecho }: { readonly desfecho: 'OK' | 'EXISTE' | 'CHEIO' | 'VAZIAS_DEMAIS' }): void {
  if (desfecho === 'EXISTE') throw new ContractError('SALA_JA_EXISTE');
  if (desfecho === 'CHEIO') throw salasDemais();
  if (desfecho === 'VAZIAS_DEMAIS') throw vaziasDemais();
}
