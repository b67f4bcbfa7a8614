/** Ctrl+C numa sala: o primeiro não encerra nada, um segundo dentro de 2 s encerra. */

import type { Agendar, Clock } from '../../process/clock.ts';

const DE_NOVO_MS = 2_000;

interface SegundoCtrlCOptions {
  readonly clock: Clock;
  readonly agendar: Agendar;
  /** O prazo do segundo acabou. */
  readonly aoAcabar: () => void;
}

export class SegundoCtrlC {
  readonly #options: SegundoCtrlCOptions;
  /** Até quando o segundo encerra, no relógio monotônico. */
  #ateMs = 0;

  constructor(options: SegundoCtrlCOptions) {
    this.#options = options;
  }

  /** Se o próximo Ctrl+C encerra. */
  get encerra(): boolean {
    return this.#options.clock.monotonicoMs() < this.#ateMs;
  }

  /** Veio o primeiro. */
  esperar(): void {
    const { clock, agendar, aoAcabar } = this.#options;
    this.#ateMs = clock.monotonicoMs() + DE_NOVO_MS;
    agendar(DE_NOVO_MS, aoAcabar);
  }
}
