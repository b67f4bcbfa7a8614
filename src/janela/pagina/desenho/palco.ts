/** Onde cada coisa fica: as faixas lado a lado, e o tempo que desce. */

import type { Faixa } from '../historia.ts';

/** O pedaço da história que cabe na tela. */
export interface Vista {
  readonly deMs: number;
  readonly ateMs: number;
  /** Em pixels. */
  readonly largura: number;
  readonly altura: number;
}

/** O x de cada faixa e o y de cada instante. */
export class Palco {
  readonly #vista: Vista;
  readonly #colunas: ReadonlyMap<string, number>;
  readonly #largura: number;

  constructor(faixas: readonly Faixa[], vista: Vista) {
    this.#vista = vista;
    this.#largura = vista.largura / Math.max(1, faixas.length);
    this.#colunas = new Map(faixas.map(({ id }, indice) => [id, indice]));
  }

  /** Fora de toda faixa, a margem esquerda: de lá vem quem não conta o que faz. */
  x(faixa: string | undefined): number {
    const coluna = faixa === undefined ? undefined : this.#colunas.get(faixa);
    return coluna === undefined ? 0 : (coluna + 0.5) * this.#largura;
  }

  coluna(faixa: string | undefined): number {
    return (faixa === undefined ? undefined : this.#colunas.get(faixa)) ?? 0;
  }

  y(instanteMs: number): number {
    const { deMs, ateMs, altura } = this.#vista;
    return ((instanteMs - deMs) / (ateMs - deMs)) * altura;
  }

  /** O instante que fica nesta altura. */
  instanteEm(y: number): number {
    const { deMs, ateMs, altura } = this.#vista;
    return deMs + (y / altura) * (ateMs - deMs);
  }

  get altura(): number {
    return this.#vista.altura;
  }

  get ateMs(): number {
    return this.#vista.ateMs;
  }
}
