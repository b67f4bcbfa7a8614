/** As salas no Redis, cada uma no seu slot: quem está nela, quem entra e quem sai. */

import type { Mensagem } from '../../../contract/chat.ts';
import { ContractError } from '../../../contract/errors.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { textoDeEntrada, textoDeSaida } from '../../../dominio/mensagens.ts';
import { textoDoNovoDono } from '../../../dominio/salas.ts';
import type { Clock } from '../../../process/clock.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { lista, texto } from '../../../redis/resposta.ts';
import { SenhaPedida } from '../../senha-pedida.ts';
import { canalDaSala, chaveDasPrivadas, chavesDaSala } from '../formato/chaves.ts';
import {
  type DetalhesGuardados,
  emOrdem,
  juntarUltimas,
  type SalaCitada,
  type Situacao,
} from '../formato/registros.ts';
import { contarNaSala, entrarNaSala, sairDaSala } from '../scripts/salas.ts';
import type { Indice, SalaBuscada } from './indice.ts';
import type { Limpeza } from './limpeza.ts';

/** Quem se move. */
export interface Passo {
  readonly sessaoId: number;
  readonly nome: string;
  /** Depois disto, no relógio dos dados, o passo já não se dá. */
  readonly ate: number;
}

/** O texto com que um script diz de quem é a sala: ele põe o nome. */
export const NOVO_DONO = textoDoNovoDono('%s');

export interface Chegada {
  /** A sala é de quem chegou. */
  readonly minha: boolean;
  readonly usuarios: string[];
  readonly mensagens: Mensagem[];
}

export interface Saida {
  readonly temPrivadas: boolean;
  /** A sessão do dono da sala, se tem. */
  readonly donoId: number | undefined;
}

/** @returns a sessão do dono, se a sala tem um */
export function donoSegundo([, , , , configurado]: Situacao): number | undefined {
  const { donoId } = JSON.parse(configurado) as DetalhesGuardados;
  return donoId === undefined ? undefined : Number(donoId);
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly indice: Indice;
  readonly limpeza: Limpeza;
  /** Quantas mensagens se guardam em cada sala. */
  readonly historia: number;
}

/** O que os scripts precisam saber de uma sala em que talvez ninguém tenha mexido ainda. */
export function argumentosDaSala(
  { redis, relogio, clock, historia }: Pick<Dependencias, 'redis' | 'relogio' | 'clock' | 'historia'>,
  { sala, piso, criador }: SalaBuscada,
) {
  return {
    agora: relogio.agoraMs(),
    instante: String(clock.agoraMs()),
    historia: String(historia),
    canal: canalDaSala(sala.chave, redis.banco),
    salaId: String(sala.id),
    sala: sala.nome,
    piso,
    criador: criador ? String(criador.id) : '',
    criadorNome: criador?.nome ?? '',
    criadorChave: criador?.chave ?? '',
  };
}

export class Salas {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /**
   * @returns quem está e as últimas mensagens; `undefined` se a sala já não existe
   * @throws EXPULSO, SenhaPedida
   */
  async entrar(buscada: SalaBuscada, passo: Passo, senhaAceita = ''): Promise<Chegada | undefined> {
    const { sala } = buscada;
    const entrada = await this.#tentarEntrar(buscada, passo, senhaAceita, false);
    if (entrada.desfecho === 'NAO_HA' || entrada.desfecho === 'PODE') {
      // Se está fechada, quem a removia pode ter morrido aí: o nome não fica preso até a próxima passada da varredura.
      await this.#deps.limpeza.removerVazia(sala, 0);
      return undefined;
    }
    const [situacao, minha, usuarios, ...fluxos] = entrada.valor;
    await this.#deps.indice.anotar(sala, situacao);
    return { minha, usuarios: emOrdem(usuarios), mensagens: juntarUltimas(sala.nome, ...fluxos) };
  }

  /** @throws EXPULSO, SenhaPedida */
  async conferirEntrada(buscada: SalaBuscada, passo: Omit<Passo, 'ate'>, senhaAceita = ''): Promise<void> {
    await this.#tentarEntrar(buscada, passo, senhaAceita, true);
  }

  async #tentarEntrar(
    buscada: SalaBuscada,
    passo: Omit<Passo, 'ate'> & Partial<Passo>,
    senhaAceita: string,
    soConferir: boolean,
  ) {
    const { redis, limpeza } = this.#deps;
    const { sala } = buscada;
    const chaves = { ...chavesDaSala(sala.chave), privadas: chaveDasPrivadas(sala.chave, passo.sessaoId) };
    const argumentos = {
      ...argumentosDaSala(this.#deps, buscada),
      eu: String(passo.sessaoId),
      nome: passo.nome,
      nomeComparavel: nomeComparavel(passo.nome),
      conteudo: textoDeEntrada(passo.nome),
      novoDono: NOVO_DONO,
      senhaAceita,
      soConferir,
    };
    const prazo = passo.ate === undefined ? {} : { prazoMs: passo.ate - this.#deps.relogio.agoraMs() };
    for (;;) {
      const entrada = await redis.executar(entrarNaSala, chaves, argumentos, prazo);
      if (entrada.desfecho === 'EXPULSO') throw new ContractError('EXPULSO', { tenteEmMs: entrada.valor[0] });
      if (entrada.desfecho === 'PEDE_SENHA') throw new SenhaPedida(entrada.valor[0]);
      if (entrada.desfecho !== 'ANTIGA') return entrada;
      await limpeza.apagarAnterior(sala);
    }
  }

  /**
   * Tira alguém da sala. Sem efeito sobre quem não está.
   * @param encerra a sessão acaba: se a sala era dela, passa a outro
   * @returns se a sala guarda mensagens privadas de quem sai, e de quem ela é
   */
  async sair(sala: SalaCitada, passo: Passo, encerra = false): Promise<Saida> {
    const argumentos = {
      ...this.#deQuemSeMove(sala, passo),
      conteudo: textoDeSaida(passo.nome),
      encerra,
      novoDono: NOVO_DONO,
    };
    const chaves = chavesDaSala(sala.chave);
    const saida = await this.#deps.redis.executar(sairDaSala, chaves, argumentos, this.#prazoDe(passo));
    if (!saida) return { temPrivadas: false, donoId: undefined };
    const [situacao, temPrivadas] = saida;
    await this.#deps.indice.anotar(sala, situacao);
    return { temPrivadas, donoId: donoSegundo(situacao) };
  }

  /** Se está na sala; quantos estão se anota de novo, porque quem entrava pode ter morrido antes disso. */
  async temMembro(sala: SalaCitada, sessaoId: number): Promise<{ readonly esta: boolean; readonly minha: boolean }> {
    const argumentos = { agora: this.#deps.relogio.agoraMs(), salaId: String(sala.id), eu: String(sessaoId) };
    const contada = await this.#deps.redis.executar(contarNaSala, chavesDaSala(sala.chave), argumentos);
    if (!contada) return { esta: false, minha: false };
    const [situacao, esta, minha] = contada;
    await this.#deps.indice.anotar(sala, situacao);
    return { esta, minha };
  }

  /** Por nome, em ordem de code points. */
  async membros({ chave }: SalaCitada): Promise<string[]> {
    const { membros } = chavesDaSala(chave);
    return emOrdem(await this.#deps.redis.comando(lista(texto), membros, 'HVALS', membros));
  }

  #deQuemSeMove(sala: SalaCitada, { sessaoId, nome }: Passo) {
    const { redis, relogio, clock, historia } = this.#deps;
    return {
      agora: relogio.agoraMs(),
      instante: String(clock.agoraMs()),
      historia: String(historia),
      canal: canalDaSala(sala.chave, redis.banco),
      salaId: String(sala.id),
      eu: String(sessaoId),
      nomeComparavel: nomeComparavel(nome),
    };
  }

  #prazoDe({ ate }: Passo) {
    return { prazoMs: ate - this.#deps.relogio.agoraMs() };
  }
}
