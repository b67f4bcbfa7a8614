/**
 * Entrar, sair e encerrar tocam na pessoa e em salas, que podem estar em Redis diferentes: são passos, não um só ato.
 * Uma sessão faz um movimento por vez, e por um tempo curto; o que um servidor deixa no meio, outro assume quando esse
 * tempo acaba, e os passos atrasados do primeiro já não valem.
 */

import { ContractError } from '../../contract/errors.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { Entrou, LimiteDeChamadas, Saiu } from '../store.ts';
import { chaveDoRitmo, chavesDaFaixa, faixaDaSessao } from './chaves.ts';
import { emDesfecho, emMensagens, type Movimento, type SalaCitada, type SessaoNoRedis } from './respostas.ts';
import type { Passo, SalaBuscada, Salas } from './salas.ts';
import type { Pessoas } from './sessoes.ts';
import { apagarSessao, assumirMovimento, concluirMovimento, iniciarMovimento } from './sessoes-scripts.ts';

export const LIMITE_DE_MOVIMENTOS = 'movimentos';

/** O que tem de valer ainda para que a varredura aja: uma chamada pode ter chegado no meio. */
export interface Condicao {
  readonly tipo: 'ausente' | 'expirada' | 'sem_chamada';
  readonly prazoMs: number;
}

interface Pedido {
  readonly sessaoId: number;
  readonly tipo: Movimento['tipo'];
  readonly destino?: SalaCitada;
  readonly limite?: LimiteDeChamadas | undefined;
  readonly condicao?: Condicao | undefined;
}

/** A sessão com o movimento que se começou ou assumiu. */
interface EmMovimento extends SessaoNoRedis {
  readonly movimento: Movimento;
}

/** Quanto se espera por outro movimento da mesma sessão antes de recusar. */
const TENTATIVAS = 8;
const ENTRE_TENTATIVAS_MS = 25;

export class Movimentos {
  readonly #redis: RedisConnection;
  readonly #pessoas: Pessoas;
  readonly #salas: Salas;

  constructor(redis: RedisConnection, pessoas: Pessoas, salas: Salas) {
    this.#redis = redis;
    this.#pessoas = pessoas;
    this.#salas = salas;
  }

  /**
   * Entra, e só depois sai de onde estava: quem não consegue entrar fica onde está.
   * @returns `undefined` se já estava na sala
   * @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, LIMITE_EXCEDIDO
   */
  async entrar(
    sessaoId: number,
    destino: SalaBuscada,
    agoraMs: number,
    limite: LimiteDeChamadas | undefined,
  ): Promise<Entrou | undefined> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'entrar', destino: destino.sala, limite });
    if (sessao === 'JA_ESTA') return undefined;
    const passo = emPasso(sessaoId, sessao, agoraMs);
    const entrou = await this.#salas.entrar(destino, passo);
    if (!entrou) {
      await this.#concluir(sessaoId, sessao, sessao.sala);
      if (limite) await this.#pessoas.devolverLugar(sessaoId, LIMITE_DE_MOVIMENTOS);
      throw new ContractError('SALA_NAO_ENCONTRADA');
    }
    const conversa = await this.#deixar(sessao, passo);
    await this.#concluir(sessaoId, sessao, destino.sala, conversa);
    const [usuarios, deTodos, privadas] = entrou;
    const { nome } = destino.sala;
    return { nomeSala: nome, usuarios, mensagens: emMensagens(nome, deTodos, privadas, 'ultimas') };
  }

  /** @throws NAO_AUTENTICADO, FORA_DA_SALA */
  async sair(sessaoId: number, agoraMs: number, condicao?: Condicao): Promise<Saiu> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'sair', condicao });
    if (sessao === 'JA_ESTA' || !sessao.sala) throw new ContractError('FORA_DA_SALA');
    await this.#terminar(sessaoId, sessao, agoraMs);
    return { nomeSala: sessao.sala.nome };
  }

  /** @throws NAO_AUTENTICADO */
  async encerrar(sessaoId: number, agoraMs: number, condicao?: Condicao): Promise<void> {
    const sessao = await this.#iniciar({ sessaoId, tipo: 'encerrar', condicao });
    if (sessao !== 'JA_ESTA') await this.#terminar(sessaoId, sessao, agoraMs);
  }

  /** Acaba o movimento que alguém deixou no meio, se já se pode. */
  async assumir(sessaoId: number, agoraMs: number): Promise<void> {
    const { sessoes, movimentos, contador } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const texto = await this.#redis.executar(assumirMovimento, [sessoes, movimentos, contador], [sessaoId]);
    if (texto !== null) await this.#terminar(sessaoId, JSON.parse(texto as string), agoraMs);
  }

  /** O que falta de um movimento: cada passo, dado de novo, não muda nada. */
  async #terminar(sessaoId: number, sessao: EmMovimento, agoraMs: number): Promise<void> {
    const { tipo, destino } = sessao.movimento;
    const entrou = destino !== undefined && (await this.#salas.temMembro(destino, sessaoId));
    const fica = destino !== undefined && !entrou ? sessao.sala : destino;
    const conversa =
      sessao.sala?.id === fica?.id ? undefined : await this.#deixar(sessao, emPasso(sessaoId, sessao, agoraMs));
    if (tipo !== 'encerrar') return this.#concluir(sessaoId, sessao, fica, conversa);
    for (const sala of new Set([...(sessao.conversas ?? []), ...(conversa ? [conversa] : [])])) {
      await this.#salas.apagarPrivadas(sala, sessaoId);
    }
    await this.#pessoas.liberarNome(sessao);
    await this.#apagar(sessaoId, sessao);
  }

  /** Sai da sala em que está. @returns a sala, se guarda mensagens privadas de quem sai */
  async #deixar({ sala }: EmMovimento, passo: Passo): Promise<string | undefined> {
    return sala && (await this.#salas.sair(sala, passo)) ? sala.chave : undefined;
  }

  /** @throws SERVICO_INDISPONIVEL se a sessão não se desocupa */
  async #iniciar(pedido: Pedido): Promise<EmMovimento | 'JA_ESTA'> {
    const { sessaoId, tipo, destino, limite, condicao } = pedido;
    const { sessoes, movimentos, presentes, ausentes, contador } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const chaves = [sessoes, movimentos, presentes, ausentes, contador, chaveDoRitmo(sessaoId, LIMITE_DE_MOVIMENTOS)];
    const argumentos = [
      sessaoId,
      tipo,
      destino ? JSON.stringify(destino) : '',
      limite?.maximo ?? 0,
      limite?.janelaMs ?? 0,
      condicao?.tipo ?? '',
      condicao?.prazoMs ?? 0,
    ];
    let restaMs = 0;
    for (let tentativa = 0; tentativa < TENTATIVAS; tentativa += 1) {
      const [desfecho, valor] = emDesfecho(await this.#redis.executar(iniciarMovimento, chaves, argumentos));
      if (desfecho === 'OK') return JSON.parse(valor as string);
      if (desfecho === 'JA_ESTA') return 'JA_ESTA';
      if (desfecho === 'CHEIO') throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: Number(valor) });
      if (desfecho === 'ABANDONADO') await this.assumir(sessaoId, Date.now());
      else if (desfecho === 'OCUPADA') {
        restaMs = Number(valor);
        await new Promise((resolve) => setTimeout(resolve, ENTRE_TENTATIVAS_MS));
      } else throw recusa(desfecho);
    }
    throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: Math.max(restaMs, ENTRE_TENTATIVAS_MS) });
  }

  /** @param conversa a sala de que saiu, se guarda mensagens privadas de quem sai */
  async #concluir(
    sessaoId: number,
    { movimento }: EmMovimento,
    sala: SalaCitada | undefined,
    conversa = '',
  ): Promise<void> {
    const { sessoes, movimentos } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const argumentos = [sessaoId, movimento.numero, sala ? JSON.stringify(sala) : '', conversa];
    await this.#redis.executar(concluirMovimento, [sessoes, movimentos], argumentos);
  }

  async #apagar(sessaoId: number, { movimento }: EmMovimento): Promise<void> {
    const { sessoes, movimentos, tokens, presentes, ausentes, novas } = chavesDaFaixa(faixaDaSessao(sessaoId));
    const chaves = [sessoes, movimentos, tokens, presentes, ausentes, novas];
    await this.#redis.executar(apagarSessao, chaves, [sessaoId, movimento.numero]);
  }
}

function emPasso(sessaoId: number, { nome, movimento }: EmMovimento, agoraMs: number): Passo {
  return { sessaoId, nome, agoraMs, ate: movimento.ate };
}

/** Quem voltou a dar sinal não sai da sala nem perde a sessão: para a varredura, já não há o que fazer. */
function recusa(desfecho: string): ContractError {
  return new ContractError(desfecho === 'NAO_AUTENTICADO' ? 'NAO_AUTENTICADO' : 'FORA_DA_SALA');
}
