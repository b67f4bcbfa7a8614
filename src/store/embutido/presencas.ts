/** Quando cada sessão deu sinal de vida pela última vez: só na memória, e de novo a cada partida. */

import type { Clock } from '../../process/clock.ts';

export interface Presenca {
  readonly sessaoId: number;
  /** Desde quando conta o prazo de quem nunca chamou, em tempo monotônico. */
  desdeMs: number;
  ultimaMs: number;
  /** Alguma chamada já trouxe o token. */
  confirmada: boolean;
  /** O arquivo já foi encarregado de anotar isso. */
  confirmacaoPedida: boolean;
  /** Já saiu da sala por ausência, e não chamou desde então. */
  ausente: boolean;
}

export class Presencas {
  readonly #clock: Clock;
  readonly #presencas = new Map<number, Presenca>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Começa um prazo inteiro para a sessão. */
  iniciar(sessaoId: number, confirmada: boolean): Presenca {
    const agoraMs = this.#clock.monotonicoMs();
    const presenca = {
      sessaoId,
      desdeMs: agoraMs,
      ultimaMs: agoraMs,
      confirmada,
      confirmacaoPedida: confirmada,
      ausente: false,
    };
    this.#presencas.set(sessaoId, presenca);
    return presenca;
  }

  /** Anota a presença de uma sessão que talvez já tenha acabado. */
  renovar(sessaoId: number): Presenca | undefined {
    const presenca = this.#presencas.get(sessaoId);
    if (!presenca) return undefined;
    presenca.ultimaMs = this.#clock.monotonicoMs();
    presenca.ausente = false;
    return presenca;
  }

  esquecer(sessaoId: number): void {
    this.#presencas.delete(sessaoId);
  }

  todas(): Iterable<Presenca> {
    return this.#presencas.values();
  }

  /** Ninguém podia dar sinal de vida: os prazos de todas começam de novo. */
  recomecar(): void {
    const agoraMs = this.#clock.monotonicoMs();
    for (const presenca of this.#presencas.values()) {
      presenca.desdeMs = agoraMs;
      presenca.ultimaMs = agoraMs;
    }
  }
}
