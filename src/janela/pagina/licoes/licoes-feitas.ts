/** As lições que já se alcançaram, lembradas de uma visita à outra quando o navegador deixa. */

const LUGAR = 'janela.licoes-feitas';

/** Onde se guarda: o `localStorage` do navegador (HTML Standard, seção 12.2). */
export interface Guarda {
  readonly getItem: (lugar: string) => string | null;
  readonly setItem: (lugar: string, texto: string) => void;
  readonly removeItem: (lugar: string) => void;
}

export class LicoesFeitas {
  readonly #abrir: () => Guarda;
  readonly #feitas: Set<string>;

  /** @param abrir acha onde guardar; um navegador que não deixa guardar lança já aqui, e então só se lembra até fechar */
  constructor(abrir: () => Guarda) {
    this.#abrir = abrir;
    this.#feitas = new Set(lerLista(tentar(() => abrir().getItem(LUGAR))));
  }

  tem(licao: string): boolean {
    return this.#feitas.has(licao);
  }

  anotar(licao: string): void {
    this.#feitas.add(licao);
    tentar(() => this.#abrir().setItem(LUGAR, JSON.stringify([...this.#feitas])));
  }

  recomecar(): void {
    this.#feitas.clear();
    tentar(() => this.#abrir().removeItem(LUGAR));
  }
}

function tentar<T>(agir: () => T): T | undefined {
  try {
    return agir();
  } catch {
    // Sem permissão, ou sem lugar: a página segue sem guardar.
    return undefined;
  }
}

function lerLista(json: string | null | undefined): string[] {
  const lista: unknown = tentar(() => JSON.parse(json ?? '[]'));
  return Array.isArray(lista) ? lista.filter((item) => typeof item === 'string') : [];
}
