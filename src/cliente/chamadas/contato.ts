/** Se o servidor responde: a queda e a volta são ditas uma vez cada, não a cada tentativa. */

import { explicarQueda } from './explicar.ts';

export class Contato {
  /** Antes da primeira resposta não há o que perder. */
  #jaHouve = false;
  #perdido = false;
  readonly #avisar: (texto: string) => void;

  constructor(avisar: (texto: string) => void) {
    this.#avisar = avisar;
  }

  perdeu(erro: unknown): void {
    if (this.#perdido) return;
    this.#perdido = true;
    const oQueHouve = this.#jaHouve ? 'Conexão perdida' : 'Ainda sem conexão';
    this.#avisar(`${oQueHouve}: ${explicarQueda(erro)} Tentando de novo…`);
  }

  voltou(): void {
    this.#jaHouve = true;
    if (!this.#perdido) return;
    this.#perdido = false;
    this.#avisar('Conexão restabelecida.');
  }
}
