export const STATUS_DE_USO_ERRADO = 2;

/** O que impede o lançador de continuar e se explica a uma pessoa, sem pilha. */
export class Falha extends Error {
  /** @override */
  name = 'Falha';

  /**
   * @param {string} message
   * @param {number} status com que o lançador termina
   */
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}
