/** As linhas que já se enviaram, para a seta para cima. */

import { trazSenha } from './comandos.ts';

const MAXIMO = 200;

export class Enviadas {
  readonly #linhas: string[];
  readonly #aoMudar: (linhas: readonly string[]) => void;

  /** @param linhas as de outra vez, da mais antiga à mais nova */
  constructor(linhas: readonly string[], aoMudar: (linhas: readonly string[]) => void) {
    this.#linhas = [...linhas];
    this.#aoMudar = aoMudar;
  }

  /** Sempre a mesma lista, que cresce: quem a mostra vê as novas. */
  get linhas(): readonly string[] {
    return this.#linhas;
  }

  /** Duas iguais em seguida são uma; elas vão para o disco, e uma senha, nunca. */
  lembrar(linha: string): void {
    if (trazSenha(linha)) return;
    if (this.#linhas.at(-1) === linha) return;
    this.#linhas.push(linha);
    if (this.#linhas.length > MAXIMO) this.#linhas.shift();
    this.#aoMudar(this.#linhas);
  }
}
