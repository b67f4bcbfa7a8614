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

/** Falhas de quem não pode gravar: a pasta é de outra pessoa, ou só se lê. */
const SEM_GRAVAR = ['EACCES', 'EPERM', 'EROFS'];

/**
 * @param {unknown} erro
 * @returns {string} o que se diz a quem chamou: uma linha, ou a pilha do que ninguém esperava
 */
export function explicar(erro) {
  if (erro instanceof Falha) return erro.message;
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (erro);
  if (path !== undefined && SEM_GRAVAR.includes(code ?? '')) {
    return `não é possível gravar em ${path} (${code}); copie o projeto para uma pasta sua, e rode-o dali`;
  }
  return `falha inesperada: ${erro instanceof Error ? erro.stack : erro}`;
}
