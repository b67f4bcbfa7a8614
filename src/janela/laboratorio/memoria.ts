/** O que um robô guarda para depois de uma queda: sem o token, o nome dele continuaria ocupado; o número não se repete. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Lembranca {
  readonly token: string | undefined;
  /** O da última mensagem que escreveu; 0 antes da primeira. */
  readonly numero: number;
}

export class Memoria {
  readonly #arquivo: string;
  #lembranca: Lembranca;

  constructor(arquivo: string) {
    this.#arquivo = arquivo;
    this.#lembranca = ler(arquivo);
  }

  get lembranca(): Lembranca {
    return this.#lembranca;
  }

  /** Já está guardado quando volta: uma queda pode vir logo depois. */
  guardar(mudanca: Partial<Lembranca>): void {
    this.#lembranca = { ...this.#lembranca, ...mudanca };
    // Outro arquivo, que só toma o lugar deste quando está inteiro: a queda pode vir durante a escrita.
    const novo = `${this.#arquivo}.novo`;
    writeFileSync(novo, JSON.stringify(this.#lembranca), { mode: 0o600 });
    renameSync(novo, this.#arquivo);
  }
}

function ler(arquivo: string): Lembranca {
  if (!existsSync(arquivo)) return { token: undefined, numero: 0 };
  return JSON.parse(readFileSync(arquivo, 'utf8')) as Lembranca;
}
