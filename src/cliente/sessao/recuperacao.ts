/** Quando a sessão acaba no servidor: registrar-se de novo e voltar à sala. Conta o que houve; não avisa ninguém. */

import type { Tentativas } from '../chamadas/tentativas.ts';
import type { Identidade } from './identidade.ts';
import type { Senhas } from './senhas.ts';

export type Desfecho =
  /** A sala é aquela a que se voltou, se havia uma. */
  | { readonly tipo: 'de_volta'; readonly nome: string; readonly sala: string | undefined }
  /** Há sessão, mas não se pôde voltar à sala. */
  | { readonly tipo: 'sem_sala'; readonly nome: string; readonly sala: string; readonly erro: unknown }
  /** Não se pôde retomar o nome. */
  | { readonly tipo: 'sem_nome'; readonly erro: unknown };

const SEM_FIM = { insistirMs: Number.POSITIVE_INFINITY };

export class Recuperacao {
  readonly #tentativas: Tentativas;
  readonly #identidade: Identidade;
  readonly #senhas: Senhas;

  constructor(tentativas: Tentativas, identidade: Identidade, senhas: Senhas) {
    this.#tentativas = tentativas;
    this.#identidade = identidade;
    this.#senhas = senhas;
  }

  /** Insiste enquanto o servidor está fora; a identidade fica como o desfecho diz. */
  async recuperar(): Promise<Desfecho> {
    const identidade = this.#identidade;
    const { nome = '', sala } = identidade;
    try {
      identidade.assumir(await this.#tentativas.chamar('registrar_usuario', { nomeUsuario: nome }, SEM_FIM));
    } catch (erro) {
      identidade.perder();
      return { tipo: 'sem_nome', erro };
    }
    if (sala === undefined) return { tipo: 'de_volta', nome, sala };
    try {
      const { token } = identidade;
      const params = { nomeUsuario: nome, nomeSala: sala, senha: this.#senhas.da(sala) };
      await this.#tentativas.chamar('entrar_sala', params, { ...SEM_FIM, token });
      return { tipo: 'de_volta', nome, sala };
    } catch (erro) {
      identidade.estarEm(undefined);
      return { tipo: 'sem_sala', nome, sala, erro };
    }
  }
}
