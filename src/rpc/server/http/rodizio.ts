/**
 * A vez, por volta do event loop: quais pedidos começam nela, e quando saem as respostas.
 * De quem pode tomá-lo só para si, começa um por volta; os dos outros entram no meio. Vale para quem escreve muitos
 * pedidos de uma vez na mesma conexão, e para quem acaba de receber respostas grandes. Se todos chegam ao mesmo tempo,
 * começam aos poucos: o Node leria mil pedidos antes de fazer qualquer outra coisa.
 * As respostas saem juntas no fim da volta: escritas uma a uma, cada uma acordaria de novo quem está do outro lado.
 */

/** Uma resposta destas leva ms a fazer: um punhado por volta já seria sentido pelos outros. */
const RESPOSTA_GRANDE_BYTES = 64 * 1024;

/** Por quanto tempo se lembra de quem recebeu uma. */
const LEMBRANCA_MS = 10_000;

/** Quantos começam numa volta, de todos: com as respostas deles, perto de 1 ms. */
const PEDIDOS_POR_VOLTA = 32;

export class Rodizio {
  /** De quem já começou um pedido nesta volta. */
  readonly #nestaVolta = new Set<unknown>();
  readonly #filas = new Map<unknown, (() => void)[]>();
  readonly #pesados = new Map<string, NodeJS.Timeout>();
  readonly #saidas: (() => void)[] = [];

  /**
   * Espera pela vez, na ordem em que se pede.
   * @param socket a conexão do pedido
   * @param quem de quem ele é: uma identidade, ou uma rede
   * @returns `undefined` quando não há por que esperar
   */
  esperar(socket: object, quem: string): Promise<void> | undefined {
    const daConexao = this.#entrar(socket);
    return daConexao ? daConexao.then(() => this.#esperarPesado(quem)) : this.#esperarPesado(quem);
  }

  /** Se essa pessoa, ou essa rede, acaba de receber respostas grandes. */
  ehPesado(quem: string): boolean {
    return this.#pesados.has(quem);
  }

  /**
   * @param bytes o tamanho da resposta que se dá
   * @param aQuem diz quem a recebe; só se chama se ela é grande
   */
  anotar(bytes: number, aQuem: () => string): void {
    if (bytes < RESPOSTA_GRANDE_BYTES) return;
    const quem = aQuem();
    clearTimeout(this.#pesados.get(quem));
    this.#pesados.set(quem, setTimeout(() => this.#pesados.delete(quem), LEMBRANCA_MS).unref());
  }

  /** Espera pelo momento de escrever uma resposta: o fim da volta, ou já, se nenhum pedido começou nela. */
  esperarSaida(): Promise<void> | undefined {
    if (this.#nestaVolta.size === 0) return undefined;
    return new Promise((resolve) => this.#saidas.push(resolve));
  }

  #esperarPesado(quem: string): Promise<void> | undefined {
    return this.ehPesado(quem) ? this.#entrar(quem) : undefined;
  }

  #entrar(quem: unknown): Promise<void> | undefined {
    if (!this.#nestaVolta.has(quem) && this.#nestaVolta.size < PEDIDOS_POR_VOLTA) {
      this.#comecar(quem);
      return undefined;
    }
    return new Promise((resolve) => {
      const fila = this.#filas.get(quem);
      if (fila) fila.push(resolve);
      else this.#filas.set(quem, [resolve]);
    });
  }

  #comecar(quem: unknown): void {
    if (this.#nestaVolta.size === 0) setImmediate(() => this.#virar());
    this.#nestaVolta.add(quem);
  }

  #virar(): void {
    for (const sair of this.#saidas.splice(0)) sair();
    this.#nestaVolta.clear();
    for (const [quem, fila] of this.#filas) {
      // Quem ainda tem outros vai para o fim da roda: chegar de novo a ele é ter passado por todos.
      if (this.#nestaVolta.has(quem) || this.#nestaVolta.size === PEDIDOS_POR_VOLTA) break;
      this.#filas.delete(quem);
      const proximo = fila.shift();
      if (fila.length > 0) this.#filas.set(quem, fila);
      this.#comecar(quem);
      proximo?.();
    }
  }
}
