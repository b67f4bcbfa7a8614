/** A recusa de quem entra sem a senha que a sala pede. */

import { ContractError } from '../contract/errors.ts';

/**
 * Diz a quem confere senhas contra o que conferir; a quem chama, diz só SENHA_INCORRETA: a senha guardada não está nos
 * detalhes, nem em campo que um log mostre.
 */
export class SenhaPedida extends ContractError {
  readonly #guardada: string;

  constructor(guardada: string) {
    super('SENHA_INCORRETA');
    this.#guardada = guardada;
  }

  /** Como a sala a guarda: o hash, com o sal. */
  get guardada(): string {
    return this.#guardada;
  }
}
