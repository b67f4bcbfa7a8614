/** Se o servidor responde: a queda e a volta são ditas uma vez cada, não a cada tentativa. */

import { ehDoTipo } from '../../contract/errors.ts';
import { explicar, explicarQueda } from './explicar.ts';
import { dizerQuemFalta } from './quem-falta.ts';

/** Uma pausa mais curta, que o servidor pede a quem chama demais, quase não se nota. */
const PAUSA_QUE_SE_DIZ_MS = 3_000;

export class Contato {
  /** Antes da primeira resposta não há o que perder. */
  #jaHouve = false;
  #perdido = false;
  readonly #avisar: (texto: string) => void;

  constructor(avisar: (texto: string) => void) {
    this.#avisar = avisar;
  }

  /** Se a última coisa que se soube do servidor é que ele não responde. */
  get perdido(): boolean {
    return this.#perdido;
  }

  /** Uma chamada falhou, e vai sair de novo daqui a `pausaMs`. */
  vaiEsperar(erro: unknown, pausaMs: number): void {
    if (ehDoTipo(erro, 'LIMITE_EXCEDIDO')) {
      if (pausaMs >= PAUSA_QUE_SE_DIZ_MS) this.#avisar(explicar(erro));
    } else if (!this.#perdido) {
      this.#perdido = true;
      const oQueHouve = this.#jaHouve ? 'Conexão perdida' : 'Ainda sem conexão';
      this.#avisar(`${oQueHouve}: ${explicarQueda(erro)}${dizerQuemFalta(erro)} Tentando de novo…`);
    }
  }

  respondeu(): void {
    this.#jaHouve = true;
    if (!this.#perdido) return;
    this.#perdido = false;
    this.#avisar('Conexão restabelecida.');
  }
}
