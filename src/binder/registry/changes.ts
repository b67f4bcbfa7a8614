/** Quem quer saber quando um endpoint vem ou vai, e como se sabe de um que venceu: ninguém o avisa. */

import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { Closable } from '../../process/lifecycle.ts';

/** Quanto se demora, no máximo, a ver que um lease venceu, em ms. */
const CONFERENCIA_MS = 200;

export class Changes implements Closable {
  readonly #ouvintes = new Set<() => void>();
  readonly #laco: LacoPeriodico;

  /** @param contarVencidos varre o que venceu; @returns quantos se viu vencer desde o começo */
  constructor(contarVencidos: () => number) {
    let contados = 0;
    const conferir = () => {
      if (this.#ouvintes.size === 0) return;
      const agora = contarVencidos();
      if (agora === contados) return;
      contados = agora;
      this.avisar();
    };
    this.#laco = new LacoPeriodico({ intervaloMs: CONFERENCIA_MS, agir: conferir, aoFalhar: () => {} });
    this.#laco.iniciar();
  }

  /** @returns como deixar de ouvir */
  ouvir(ouvinte: () => void): () => void {
    this.#ouvintes.add(ouvinte);
    return () => void this.#ouvintes.delete(ouvinte);
  }

  /** Um endpoint veio, ou foi retirado. */
  avisar(): void {
    for (const ouvinte of this.#ouvintes) ouvinte();
  }

  close(): Promise<void> {
    this.#ouvintes.clear();
    return this.#laco.close();
  }
}
