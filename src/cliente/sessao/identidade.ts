/** Quem sou e em que sala estou; quem guarda a sessão sabe de cada mudança. */

import type { Conexao, ResultadoDe } from '../chamadas/conexao.ts';
import type { Sessao } from './sessao-guardada.ts';

export class Lugar {
  readonly #conexao: Conexao;
  readonly #aoMudar: (sessao: Sessao | undefined) => void;
  #nome: string | undefined;
  #sala: string | undefined;

  /** @param aoMudar o que é preciso para voltar mais tarde; `undefined` quando já não há a que voltar */
  constructor(conexao: Conexao, aoMudar: (sessao: Sessao | undefined) => void) {
    this.#conexao = conexao;
    this.#aoMudar = aoMudar;
  }

  /** `undefined` enquanto não há sessão. */
  get nome(): string | undefined {
    return this.#nome;
  }

  /** `undefined` fora de qualquer sala. */
  get sala(): string | undefined {
    return this.#sala;
  }

  /** Muda com cada sessão. */
  get token(): string | undefined {
    return this.#conexao.token;
  }

  /** A sessão de um registro; a sala fica como estava, até que se diga outra. */
  assumir({ nomeUsuario, token }: ResultadoDe<'registrar_usuario'>): void {
    this.#conexao.token = token;
    this.#nome = nomeUsuario;
    this.#contar();
  }

  estarEm(sala: string | undefined): void {
    this.#sala = sala;
    this.#contar();
  }

  /** Não há mais sessão. */
  perder(): void {
    this.deixar();
    this.#contar();
  }

  /** A sessão continua no servidor: quem a guarda ainda pode voltar. */
  deixar(): void {
    this.#conexao.token = undefined;
    this.#nome = undefined;
    this.#sala = undefined;
  }

  #contar(): void {
    const { token } = this.#conexao;
    const haSessao = this.#nome !== undefined && token !== undefined;
    this.#aoMudar(haSessao ? { nome: this.#nome as string, token, sala: this.#sala } : undefined);
  }
}
