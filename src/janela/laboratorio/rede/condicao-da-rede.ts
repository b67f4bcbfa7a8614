/** Como está a rede em volta de um processo: cortada, lenta, ou prestes a falhar uma vez. */

import type { Clock } from '../../../process/clock.ts';

/** Quanto cada direção demora a mais enquanto a rede está lenta, em ms. */
const ATRASO_MS = 300;

export class CondicaoDaRede {
  readonly #clock: Clock;
  #cortada = false;
  #lentaAteMs = 0;
  #perderResposta = false;
  #duplicarPedido = false;
  /** Quem derruba as conexões que passam por aqui. */
  readonly #aoCortar = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get cortada(): boolean {
    return this.#cortada;
  }

  /** Quanto segurar o que passa agora em cada direção, em ms. */
  get atrasoMs(): number {
    return this.#clock.monotonicoMs() < this.#lentaAteMs ? ATRASO_MS : 0;
  }

  /** @returns como deixar de ser avisado */
  aoCortar(derrubar: () => void): () => void {
    this.#aoCortar.add(derrubar);
    return () => this.#aoCortar.delete(derrubar);
  }

  cortar(): void {
    this.#cortada = true;
    for (const derrubar of this.#aoCortar) derrubar();
  }

  religar(): void {
    this.#cortada = false;
  }

  /** @param duracaoMs por quanto tempo a rede fica lenta */
  atrasar(duracaoMs: number): void {
    this.#lentaAteMs = this.#clock.monotonicoMs() + duracaoMs;
  }

  perderProximaResposta(): void {
    this.#perderResposta = true;
  }

  duplicarProximoPedido(): void {
    this.#duplicarPedido = true;
  }

  /** @returns se é esta a resposta a perder; só uma o é */
  tomarPerda(): boolean {
    const perder = this.#perderResposta;
    this.#perderResposta = false;
    return perder;
  }

  /** @returns se é este o pedido a duplicar; só um o é */
  tomarDuplicacao(): boolean {
    const duplicar = this.#duplicarPedido;
    this.#duplicarPedido = false;
    return duplicar;
  }
}
