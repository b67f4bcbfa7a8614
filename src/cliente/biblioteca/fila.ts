/** O que chegou e ainda não foi lido: quem lê antes da hora espera. */

interface Leitor<T> {
  readonly entregar: (item: T | undefined) => void;
  readonly falhar: (erro: unknown) => void;
}

export class Fila<T> {
  readonly #itens: T[] = [];
  readonly #leitores: Leitor<T>[] = [];
  #falha: { readonly erro: unknown } | undefined;
  #fechada = false;

  get tamanho(): number {
    return this.#itens.length;
  }

  por(item: T): void {
    if (this.#fechada) return;
    const leitor = this.#leitores.shift();
    if (leitor) leitor.entregar(item);
    else this.#itens.push(item);
  }

  /**
   * @returns o item mais antigo, quando houver; `undefined` depois de fechada
   * @throws a falha, uma vez, depois do que havia antes dela
   */
  tirar(): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#itens.length > 0) return resolve(this.#itens.shift());
      if (this.#falha) {
        const { erro } = this.#falha;
        this.#falha = undefined;
        return reject(erro);
      }
      if (this.#fechada) return resolve(undefined);
      this.#leitores.push({ entregar: resolve, falhar: reject });
    });
  }

  falhar(erro: unknown): void {
    if (this.#fechada) return;
    const leitor = this.#leitores.shift();
    if (leitor) leitor.falhar(erro);
    else this.#falha = { erro };
  }

  /** O que já chegou ainda pode ser lido; nada mais chega. */
  fechar(): void {
    this.#fechada = true;
    for (const { entregar } of this.#leitores.splice(0)) entregar(undefined);
  }
}
