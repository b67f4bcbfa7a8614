/** Quem sou e em que sala estou: só aqui se guardam o token, o nome e a sala, e quem os guarda no disco sabe de cada mudança. */

import type { Sessao } from './guardado/sessoes-guardadas.ts';

export class Identidade {
  readonly #aoMudar: (sessao: Sessao | undefined) => void;
  #sessao: Sessao | undefined;

  /** @param aoMudar recebe o que é preciso para voltar mais tarde; `undefined` quando já não há a que voltar */
  constructor(aoMudar: (sessao: Sessao | undefined) => void) {
    this.#aoMudar = aoMudar;
  }

  /** `undefined` enquanto não há sessão. */
  get sessao(): Sessao | undefined {
    return this.#sessao;
  }

  get nome(): string | undefined {
    return this.#sessao?.nome;
  }

  /** Muda com cada sessão. */
  get token(): string | undefined {
    return this.#sessao?.token;
  }

  /** `undefined` fora de qualquer sala. */
  get sala(): string | undefined {
    return this.#sessao?.sala;
  }

  /** A sessão que um registro deu; a sala fica como estava, até que se diga outra. */
  assumir({ nomeUsuario, token }: { readonly nomeUsuario: string; readonly token: string }): void {
    this.#mudar({ nome: nomeUsuario, token, sala: this.sala });
  }

  /** Sem sessão não há em que sala estar. */
  estarEm(sala: string | undefined): void {
    if (this.#sessao) this.#mudar({ ...this.#sessao, sala });
  }

  /** Não há mais sessão. */
  perder(): void {
    this.#mudar(undefined);
  }

  /** A sessão continua no servidor, e quem a guarda ainda pode voltar. */
  deixar(): void {
    this.#sessao = undefined;
  }

  #mudar(sessao: Sessao | undefined): void {
    this.#sessao = sessao;
    this.#aoMudar(sessao);
  }
}
