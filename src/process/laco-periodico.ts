/** O que um processo faz de tempos em tempos, até o fim. */

import type { Closable } from './lifecycle.ts';

interface OpcoesDoLaco {
  /** Quanto se espera depois de uma vez até a seguinte, em ms; a função é perguntada ao fim de cada vez. */
  readonly intervaloMs: number | (() => number);
  readonly agir: () => Promise<unknown> | unknown;
  /** Recebe o que `agir` lançou; o laço continua. */
  readonly aoFalhar: (erro: unknown) => void;
}

/** Age a cada intervalo, nunca duas vezes ao mesmo tempo. Não mantém vivo um processo que já não tem o que fazer. */
export class LacoPeriodico implements Closable {
  readonly #opcoes: OpcoesDoLaco;
  #timer: NodeJS.Timeout | undefined;
  #emAndamento: Promise<void> | undefined;
  #fechado = false;

  constructor(opcoes: OpcoesDoLaco) {
    this.#opcoes = opcoes;
  }

  /** A primeira vez vem depois de um intervalo. */
  iniciar(): void {
    if (this.#fechado || this.#timer || this.#emAndamento) return;
    const { intervaloMs } = this.#opcoes;
    const esperaMs = typeof intervaloMs === 'function' ? intervaloMs() : intervaloMs;
    this.#timer = setTimeout(() => void this.agora(), esperaMs).unref();
  }

  /** Age já, sem esperar pelo intervalo; se uma vez está em andamento, espera por ela. Depois o laço continua. */
  agora(): Promise<void> {
    if (this.#fechado) return this.#emAndamento ?? Promise.resolve();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#emAndamento ??= this.#agir();
    return this.#emAndamento;
  }

  /** Para, e espera pela vez que está em andamento. */
  async close(): Promise<void> {
    this.#fechado = true;
    clearTimeout(this.#timer);
    await this.#emAndamento;
  }

  async #agir(): Promise<void> {
    try {
      await this.#opcoes.agir();
    } catch (erro) {
      this.#opcoes.aoFalhar(erro);
    } finally {
      this.#emAndamento = undefined;
      this.iniciar();
    }
  }
}
