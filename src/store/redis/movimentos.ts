/**
 * Entrar, sair e encerrar tocam na sessão e em salas, que podem estar em Redis diferentes: são passos, não um só ato.
 * Uma sessão faz um movimento por vez, e por um tempo curto; o que um servidor deixa por acabar, outro assume quando esse
 * tempo acaba, e os passos atrasados do primeiro já não valem.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import { ContractError } from '../../contract/errors.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { nada } from '../../redis/resposta.ts';
import type { Entrou, LimiteDeChamadas, Saiu } from '../store.ts';
import { chaveDoRitmo, chavesDaSessao } from './chaves.ts';
import type { SalaBuscada } from './indice.ts';
import { type Limites, SEM_LIMITE } from './limites.ts';
import type { Limpeza } from './limpeza.ts';
import type { Movimento, SalaCitada, SessaoEmMovimento } from './registros.ts';
import type { Passo, Salas } from './salas.ts';
import { apagarSessao, assumirMovimento, concluirMovimento, iniciarMovimento } from './scripts/movimentos.ts';
import type { Sessoes } from './sessoes.ts';

/** O que tem de valer ainda para que a varredura aja: uma chamada pode ter chegado enquanto isso. */
export interface Condicao {
  readonly tipo: 'ausente' | 'expirada' | 'sem_chamada';
  readonly prazoMs: number;
}

interface NovoMovimento {
  readonly sessaoId: number;
  readonly tipo: Movimento['tipo'];
  readonly destino?: SalaCitada;
  readonly limite?: LimiteDeChamadas | undefined;
  readonly condicao?: Condicao | undefined;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly sessoes: Sessoes;
  readonly salas: Salas;
  readonly limites: Limites;
  readonly limpeza: Limpeza;
}

/** Quanto se espera por outro movimento da mesma sessão antes de recusar. */
const TENTATIVAS = 8;
const ENTRE_TENTATIVAS_MS = 25;

export class Movimentos {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /**
   * Entra, e só depois sai de onde estava: quem não consegue entrar fica onde está.
   * @returns `undefined` se já estava na sala
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, LIMITE_EXCEDIDO
   */
  async entrar(
    sessaoId: number,
    destino: SalaBuscada,
    limite: LimiteDeChamadas | undefined,
  ): Promise<Entrou | undefined> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'entrar', destino: destino.sala, limite });
    if (sessao === 'JA_ESTA') return undefined;
    const passo = emPasso(sessaoId, sessao);
    const chegada = await this.#deps.salas.entrar(destino, passo);
    if (!chegada) {
      await this.#concluir(sessaoId, sessao, sessao.sala);
      if (limite) await this.#deps.limites.devolverLugar(sessaoId, 'movimentos');
      throw new ContractError('SALA_NAO_ENCONTRADA');
    }
    const rastro = await this.#deixar(sessao, passo);
    await this.#concluir(sessaoId, sessao, destino.sala, rastro);
    return { nomeSala: destino.sala.nome, ...chegada };
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA */
  async sair(sessaoId: number, condicao?: Condicao): Promise<Saiu> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'sair', condicao });
    if (sessao === 'JA_ESTA' || !sessao.sala) throw new ContractError('FORA_DA_SALA');
    await this.#terminar(sessaoId, sessao);
    return { nomeSala: sessao.sala.nome };
  }

  /** @throws NAO_AUTENTICADO */
  async encerrar(sessaoId: number, condicao?: Condicao): Promise<void> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'encerrar', condicao });
    if (sessao !== 'JA_ESTA') await this.#terminar(sessaoId, sessao);
  }

  /** Acaba o movimento que alguém deixou por acabar, se já se pode. */
  async assumir(sessaoId: number): Promise<void> {
    const argumentos = { agora: this.#deps.relogio.agoraMs(), id: String(sessaoId) };
    const sessao = await this.#deps.redis.executar(assumirMovimento, chavesDaSessao(sessaoId), argumentos);
    if (sessao) await this.#terminar(sessaoId, sessao);
  }

  /** O que falta de um movimento: cada passo, dado de novo, não muda nada. */
  async #terminar(sessaoId: number, sessao: SessaoEmMovimento): Promise<void> {
    const { salas, sessoes, limpeza } = this.#deps;
    const { tipo, destino } = sessao.movimento;
    const entrou = destino !== undefined && (await salas.temMembro(destino, sessaoId));
    const fica = destino !== undefined && !entrou ? sessao.sala : destino;
    const rastro = sessao.sala?.id === fica?.id ? undefined : await this.#deixar(sessao, emPasso(sessaoId, sessao));
    if (tipo !== 'encerrar') return this.#concluir(sessaoId, sessao, fica, rastro);
    if (rastro) await this.#anotarRastro(sessaoId, rastro);
    await limpeza.apagarRastros(sessaoId);
    await sessoes.liberarNome(sessao);
    await this.#apagar(sessaoId, sessao);
  }

  /** Sai da sala em que está. @returns a sala, se guarda mensagens privadas de quem sai */
  async #deixar({ sala }: SessaoEmMovimento, passo: Passo): Promise<string | undefined> {
    return sala && (await this.#deps.salas.sair(sala, passo)) ? sala.chave : undefined;
  }

  /** @throws SERVICO_INDISPONIVEL se a sessão não se desocupa */
  async #iniciar(novo: NovoMovimento): Promise<SessaoEmMovimento | 'JA_ESTA'> {
    const { sessaoId } = novo;
    let restaMs = 0;
    for (let tentativa = 0; tentativa < TENTATIVAS; tentativa += 1) {
      const inicio = await this.#tentarIniciar(novo);
      switch (inicio.desfecho) {
        case 'OK':
          return inicio.valor[0];
        case 'JA_ESTA':
          return 'JA_ESTA';
        case 'CHEIO':
          throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: inicio.valor[0] });
        case 'ABANDONADO':
          await this.assumir(sessaoId);
          break;
        case 'OCUPADA':
          [restaMs] = inicio.valor;
          await esperar(ENTRE_TENTATIVAS_MS);
          break;
        case 'NAO_AUTENTICADO':
          throw new ContractError('NAO_AUTENTICADO');
        default:
          // Quem voltou não sai da sala nem perde a sessão: para a varredura, já não há o que fazer.
          throw new ContractError('FORA_DA_SALA');
      }
    }
    throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: Math.max(restaMs, ENTRE_TENTATIVAS_MS) });
  }

  #tentarIniciar({ sessaoId, tipo, destino, limite = SEM_LIMITE, condicao }: NovoMovimento) {
    const chaves = { ...chavesDaSessao(sessaoId), ritmo: chaveDoRitmo(sessaoId, 'movimentos') };
    return this.#deps.redis.executar(iniciarMovimento, chaves, {
      agora: this.#deps.relogio.agoraMs(),
      id: String(sessaoId),
      tipo,
      destino: destino ? JSON.stringify(destino) : '',
      ...limite,
      condicao: condicao?.tipo ?? '',
      prazoMs: condicao?.prazoMs ?? 0,
    });
  }

  /** @param rastro a sala de que saiu, se guarda mensagens privadas de quem sai */
  async #concluir(
    sessaoId: number,
    { movimento }: SessaoEmMovimento,
    sala: SalaCitada | undefined,
    rastro = '',
  ): Promise<void> {
    await this.#deps.redis.executar(concluirMovimento, chavesDaSessao(sessaoId), {
      id: String(sessaoId),
      numero: movimento.numero,
      sala: sala ? JSON.stringify(sala) : '',
      rastro,
    });
  }

  #anotarRastro(sessaoId: number, sala: string): Promise<void> {
    const { rastros } = chavesDaSessao(sessaoId);
    return this.#deps.redis.comando(nada, rastros, 'SADD', rastros, sala);
  }

  async #apagar(sessaoId: number, { movimento }: SessaoEmMovimento): Promise<void> {
    const argumentos = { id: String(sessaoId), numero: movimento.numero };
    await this.#deps.redis.executar(apagarSessao, chavesDaSessao(sessaoId), argumentos);
  }
}

function emPasso(sessaoId: number, { nome, movimento }: SessaoEmMovimento): Passo {
  return { sessaoId, nome, ate: movimento.ate };
}
