/** O que se abriu, para ser fechado na ordem inversa, mesmo que fechar um deles falhe. */

export class Pilha implements AsyncDisposable {
  readonly #fechar: (() => unknown)[] = [];

  /** @returns o mesmo recurso */
  use<T extends AsyncDisposable | Disposable>(recurso: T): T {
    this.defer(() => (Symbol.asyncDispose in recurso ? recurso[Symbol.asyncDispose]() : recurso[Symbol.dispose]()));
    return recurso;
  }

  /** @param fechar síncrona ou não */
  defer(fechar: () => unknown): void {
    this.#fechar.push(fechar);
  }

  /** @throws o que a primeira delas lançou, depois de fechar todas */
  async close(): Promise<void> {
    const falhas: unknown[] = [];
    for (let fechar = this.#fechar.pop(); fechar; fechar = this.#fechar.pop()) {
      try {
        await fechar();
      } catch (erro) {
        falhas.push(erro);
      }
    }
    if (falhas.length > 0) throw falhas[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
