/** As senhas que abriram salas nesta sessão, para voltar a elas sem perguntar de novo: só na memória, nunca no disco. */

import { nomeComparavel } from '../../contract/nomes/nomes.ts';

export class Senhas {
  readonly #porSala = new Map<string, string>();

  /** @returns `undefined` se não se sabe, ou a sala não pediu */
  da(nomeSala: string): string | undefined {
    return this.#porSala.get(nomeComparavel(nomeSala));
  }

  /** A sala se abriu com ela. */
  lembrar(nomeSala: string, senha: string): void {
    this.#porSala.set(nomeComparavel(nomeSala), senha);
  }

  /** Já não é a da sala. */
  esquecer(nomeSala: string): void {
    this.#porSala.delete(nomeComparavel(nomeSala));
  }
}
