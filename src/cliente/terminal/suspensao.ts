/**
 * Quando o terminal passa a outro programa e volta: Ctrl+Z, um SIGTSTP ou um SIGSTOP de fora, e `fg`.
 *
 * Ctrl+Z para o trabalho inteiro, que é o grupo de processos: o `npx`, o `sh` ou o `chat_start.sh` que abriu o cliente
 * para com ele, e só então o shell tem o terminal de volta. Onde não há um shell que pare trabalhos, o sistema não para
 * um grupo órfão (POSIX, 2.4.3), nem manda SIGCONT: então o terminal se retoma sozinho.
 */

import type { Agendar } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';

/** O que se usa do processo. */
export interface Processo {
  readonly pid: number;
  readonly platform: NodeJS.Platform;
  on(sinal: NodeJS.Signals, ouvinte: () => void): unknown;
  off(sinal: NodeJS.Signals, ouvinte: () => void): unknown;
  kill(pid: number, sinal: NodeJS.Signals): unknown;
}

export interface SuspensaoOptions {
  readonly processo: Processo;
  readonly agendar: Agendar;
  /** Deixa o terminal como o encontrou. */
  readonly aoSuspender: () => void;
  /** O terminal é deste processo de novo, e quem o usou pode tê-lo mudado. */
  readonly aoRetomar: () => void;
}

/** Um processo que não parou até aqui não vai parar. */
const ESPERA_POR_PARAR_MS = 100;

const O_GRUPO_INTEIRO = 0;

export class Suspensao implements Closable {
  readonly #options: SuspensaoOptions;
  #desistir: (() => void) | undefined;

  constructor(options: SuspensaoOptions) {
    this.#options = options;
    // O Windows não para processos assim.
    if (options.processo.platform === 'win32') return;
    options.processo.on('SIGTSTP', this.#aoSerParado);
    options.processo.on('SIGCONT', this.#retomar);
  }

  /** Ctrl+Z. */
  suspender(): void {
    if (this.#options.processo.platform !== 'win32') this.#parar(O_GRUPO_INTEIRO);
  }

  close(): void {
    this.#desistir?.();
    this.#options.processo.off('SIGTSTP', this.#aoSerParado);
    this.#options.processo.off('SIGCONT', this.#retomar);
  }

  readonly #aoSerParado = (): void => {
    this.#parar(this.#options.processo.pid);
  };

  #parar(quem: number): void {
    if (this.#desistir) return;
    const { processo, agendar, aoSuspender } = this.#options;
    aoSuspender();
    // Sem quem o ouça, o sinal para o processo, que é o que se quer.
    processo.off('SIGTSTP', this.#aoSerParado);
    this.#desistir = agendar(ESPERA_POR_PARAR_MS, this.#retomar);
    processo.kill(quem, 'SIGTSTP');
  }

  /** Também sem se ter parado por aqui: um SIGSTOP não se ouve, só a volta dele. */
  readonly #retomar = (): void => {
    const { processo, aoRetomar } = this.#options;
    if (this.#desistir) {
      this.#desistir();
      this.#desistir = undefined;
      processo.on('SIGTSTP', this.#aoSerParado);
    }
    aoRetomar();
  };
}
