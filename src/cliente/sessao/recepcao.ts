/**
 * O laço que mantém a sessão viva onde se está: numa sala, recebe o que chega; fora dela, chama de vez em quando.
 * Só um laço roda por vez; o cursor passa de um ao outro.
 */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../contract/chat.ts';
import { ContractError, ehDoTipo } from '../../contract/errors.ts';
import type { Temporizador } from '../../process/clock.ts';
import { foiCancelada } from '../chamadas/falhas.ts';
import type { Tentativas } from '../chamadas/tentativas.ts';
import type { Ritmo } from '../ritmo.ts';
import type { Sessao } from './guardado/sessoes-guardadas.ts';

/** O servidor tira da sala quem não chama por 60 s; fora dela há folga, mas o ritmo serve aos dois. */
const PRESENCA_MS = 20_000;

/** Além da espera pedida ao servidor, quanto se dá à rede. */
const FOLGA_DA_ESPERA_MS = 10_000;

const EXPULSO = 'Você foi expulso dela.';

interface RecepcaoOptions {
  readonly tentativas: Tentativas;
  readonly clock: Temporizador;
  readonly ritmo: Ritmo;
  /** Na ordem, cada uma uma só vez. @param atrasadas se são do tempo em que não se pôde receber */
  readonly entregar: (mensagens: readonly Mensagem[], atrasadas: boolean) => void;
}

/** O servidor não deixa receber dali. */
export interface Recusa {
  readonly erro: unknown;
}

export class Recepcao {
  readonly #options: RecepcaoOptions;
  #laco = new AbortController();
  /** O id da última mensagem entregue. */
  #cursor = 0;
  /** Se a última espera acabou vazia, antes do tempo. */
  #acabouCedo = false;
  /** Se ainda pode haver o que buscar do tempo em que não se pôde receber. */
  #emAtraso = false;

  constructor(options: RecepcaoOptions) {
    this.#options = options;
  }

  /**
   * @param id o da última mensagem que já não é preciso entregar
   * @param emAtraso se houve um tempo em que não se pôde receber
   */
  continuarDepoisDe(id: number, emAtraso = false): void {
    this.#cursor = id;
    this.#emAtraso = emAtraso;
  }

  /**
   * Roda até que outro laço comece, ou até `parar`.
   * @returns a recusa que o terminou; `undefined` se foi parado
   */
  async manter(sessao: Sessao): Promise<Recusa | undefined> {
    this.parar();
    this.#acabouCedo = false;
    this.#laco = new AbortController();
    const { signal } = this.#laco;
    try {
      for (;;) {
        if (sessao.sala === undefined) await this.#marcarPresenca(sessao, signal);
        else await this.#receber(sessao, sessao.sala, signal);
      }
    } catch (erro) {
      return signal.aborted || foiCancelada(erro) ? undefined : { erro: this.#motivo(erro) };
    }
  }

  parar(): void {
    this.#laco.abort();
  }

  /** A primeira vez é já: um registro que não é seguido de uma chamada caduca. */
  async #marcarPresenca({ token }: Sessao, signal: AbortSignal): Promise<void> {
    const { tentativas, clock } = this.#options;
    try {
      await tentativas.chamar('listar_salas', {}, { token, signal, insistirMs: Number.POSITIVE_INFINITY });
    } catch (erro) {
      // Uma recusa não importa: o servidor ouviu a chamada, e é o que basta.
      if (!(erro instanceof ContractError)) throw erro;
    }
    await clock.esperar(PRESENCA_MS, signal);
  }

  async #receber({ nome, token }: Sessao, salaAtual: string, signal: AbortSignal): Promise<void> {
    const { tentativas, clock, ritmo } = this.#options;
    const { esperaMs } = ritmo;
    const inicioMs = clock.monotonicoMs();
    const inicioNoMundoMs = clock.agoraMs();
    const params = { nomeUsuario: nome, salaAtual, desde: this.#cursor, esperarMs: this.#emAtraso ? 0 : esperaMs };
    const pagina = await tentativas.chamar('receber_mensagens', params, {
      token,
      signal,
      prazoMs: esperaMs + FOLGA_DA_ESPERA_MS,
      insistirMs: Number.POSITIVE_INFINITY,
      // Depois de uma queda não se espera no servidor: a primeira resposta diz que ele voltou.
      paramsDeNovo: { ...params, esperarMs: 0 },
      aoTentarDeNovo: () => {
        this.#emAtraso = true;
      },
    });
    signal.throwIfAborted();
    const atrasadas = this.#emAtraso;
    const novas = this.#entregar(pagina, atrasadas);
    // Só uma página cheia diz que ainda pode haver mais.
    this.#emAtraso &&= novas > 0 && pagina.length >= MENSAGENS_POR_PAGINA;
    if (atrasadas && pagina.length === 0) return;
    // O relógio monotônico não conta o tempo em que o computador dorme.
    this.#acabouCedo = pagina.length === 0 && clock.agoraMs() - inicioNoMundoMs < esperaMs;
    const esperou = pagina.length === 0 && clock.monotonicoMs() - inicioMs >= esperaMs;
    const descansoMs = quantoDescansar(pagina.length, novas, esperou, ritmo);
    if (descansoMs > 0) await clock.esperar(descansoMs, signal);
  }

  /**
   * Quem tem uma espera no servidor não está ausente: se ela acaba antes do tempo, e a sala já não é nossa, foi o dono
   * dela que expulsou, também quando deixa voltar já (contrato, seção 5).
   */
  #motivo(erro: unknown): unknown {
    return this.#acabouCedo && ehDoTipo(erro, 'FORA_DA_SALA') ? new ContractError('EXPULSO', {}, EXPULSO) : erro;
  }

  /** @returns quantas não se conheciam */
  #entregar(pagina: readonly Mensagem[], atrasadas: boolean): number {
    const novas = pagina.filter(({ id }) => {
      const nova = id > this.#cursor;
      if (nova) this.#cursor = id;
      return nova;
    });
    if (novas.length > 0) this.#options.entregar(novas, atrasadas);
    return novas.length;
  }
}

/**
 * O que não traz nada de novo faz descansar, para que um servidor que erra, ou hostil, não seja chamado sem parar.
 * @param esperou se veio vazio depois de esperar no servidor o tempo todo
 * @returns ms
 */
function quantoDescansar(
  pagina: number,
  novas: number,
  esperou: boolean,
  { esperaMs, intervaloMs, juntarMs = 0 }: Ritmo,
): number {
  if (novas === 0) return esperaMs === 0 || !esperou ? intervaloMs : 0;
  // Só uma página cheia diz que pode haver mais, e o que já se disse não tem por que esperar.
  if (pagina >= MENSAGENS_POR_PAGINA) return 0;
  return esperaMs === 0 ? intervaloMs : juntarMs;
}
