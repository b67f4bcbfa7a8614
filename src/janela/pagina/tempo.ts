/**
 * Que instante a página mostra: o de agora, ou outro em que alguém parou, passo a passo ou em câmera lenta.
 * Os instantes são em ms desde 1970.
 */

export type Ritmo = 'ao vivo' | 'lento' | 'parado';

/** Quantas vezes mais devagar é a câmera lenta. */
const VEZES_MAIS_LENTO = 10;
/** Para quem pede menos movimento, a figura ao vivo não desliza: muda de uma vez, a cada tanto. */
const PASSO_COM_MENOS_MOVIMENTO_MS = 1_000;

export class Tempo {
  #ritmo: Ritmo = 'ao vivo';
  /** O instante mostrado, fora do «ao vivo». */
  #instanteMs = 0;

  get ritmo(): Ritmo {
    return this.#ritmo;
  }

  /**
   * @param agoraMs o instante que se veria ao vivo
   * @param passouMs quanto passou desde a última vez
   * @returns o instante a mostrar
   */
  avancar(agoraMs: number, passouMs: number): number {
    if (this.#ritmo === 'ao vivo') this.#instanteMs = agoraMs;
    else if (this.#ritmo === 'lento')
      this.#instanteMs = Math.min(agoraMs, this.#instanteMs + passouMs / VEZES_MAIS_LENTO);
    return this.#instanteMs;
  }

  /**
   * @param menosMovimento se quem vê pediu menos movimento (Media Queries 5, `prefers-reduced-motion`)
   * @param passouMs quanto passou desde a última vez que se desenhou
   * @returns se é hora de desenhar outra vez
   */
  pedeDesenho(menosMovimento: boolean, passouMs: number): boolean {
    return !menosMovimento || this.#ritmo !== 'ao vivo' || passouMs >= PASSO_COM_MENOS_MOVIMENTO_MS;
  }

  parar(): void {
    this.#ritmo = 'parado';
  }

  irDevagar(): void {
    this.#ritmo = 'lento';
  }

  voltarAoVivo(): void {
    this.#ritmo = 'ao vivo';
  }

  /** @param instanteMs onde parar */
  irPara(instanteMs: number): void {
    this.#ritmo = 'parado';
    this.#instanteMs = instanteMs;
  }

  /**
   * Para no acontecimento seguinte, ou no anterior.
   * @param instantes os dos acontecimentos, do mais antigo ao mais novo
   */
  passo(instantes: readonly number[], sentido: 1 | -1): void {
    const destino =
      sentido === 1
        ? instantes.find((instante) => instante > this.#instanteMs)
        : instantes.findLast((instante) => instante < this.#instanteMs);
    this.irPara(destino ?? this.#instanteMs);
  }
}
