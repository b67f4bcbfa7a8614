/** O que um processo faz de tempos em tempos, até o fim. */

import type { Agendar } from './clock.ts';
import type { Closable } from './lifecycle.ts';

interface OpcoesDoLaco {
  /** Quanto se espera depois de uma vez até a seguinte, em ms; a função é perguntada ao fim de cada vez. */
  readonly intervaloMs: number | (() => number);
  readonly agir: () => Promise<unknown> | unknown;
  /** Recebe o que `agir` lançou; o laço continua. */
  readonly aoFalhar: (erro: unknown) => void;
  /** Quem marca a vez seguinte; sem ele, o sistema, sem manter vivo um processo que já não tem o que fazer. */
  readonly agendar?: Agendar;
}

const agendarSemSegurar: Agendar = (esperaMs, agir) => {
  const temporizador = setTimeout(agir, esperaMs).unref();
  return () => clearTimeout(temporizador);
};

/** Age a cada intervalo, nunca duas vezes ao mesmo tempo. */
export class LacoPeriodico implements Closable {
  readonly #opcoes: OpcoesDoLaco;
  #desmarcar: (() => void) | undefined;
  #emAndamento: Promise<void> | undefined;
  #fechado = false;

  constructor(opcoes: OpcoesDoLaco) {
    this.#opcoes = opcoes;
  }

  /** A primeira vez vem depois de um intervalo. */
  iniciar(): void {
    if (this.#fechado || this.#desmarcar || this.#emAndamento) return;
    const { intervaloMs, agendar = agendarSemSegurar } = this.#opcoes;
    const esperaMs = typeof intervaloMs === 'function' ? intervaloMs() : intervaloMs;
    this.#desmarcar = agendar(esperaMs, () => void this.agora());
  }

  /** Age já, sem esperar pelo intervalo; se uma vez está em andamento, espera por ela. Depois o laço continua. */
  agora(): Promise<void> {
    if (this.#fechado) return this.#emAndamento ?? Promise.resolve();
    this.#desmarcar?.();
    this.#desmarcar = undefined;
    this.#emAndamento ??= this.#agir();
    return this.#emAndamento;
  }

  /** Para, e espera pela vez que está em andamento. */
  async close(): Promise<void> {
    this.#fechado = true;
    this.#desmarcar?.();
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
