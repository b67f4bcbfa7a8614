/**
 * Voltar sozinho à sala de que o servidor nos tirou por ausência (um computador que dormiu), com o que se perdeu, e sem
 * que a pessoa largue o que digita.
 */

import type { Mensagem } from '../../contract/chat.ts';
import { ehDoTipo } from '../../contract/errors.ts';
import type { Conversa } from './conversa.ts';

interface Desfecho {
  readonly voltou: boolean;
  /** A recusa do servidor; sem ela, não havia a que voltar. */
  readonly motivo?: unknown;
}

export class Volta {
  readonly #conversa: Pick<Conversa, 'entrar' | 'enviar' | 'nome'>;
  /** Onde se quer estar; a conversa sabe onde se está. */
  #sala: string | undefined;
  /** O id da última mensagem que já se mostrou. */
  #ultima = 0;
  #emCurso: Promise<Desfecho> | undefined;

  constructor(conversa: Pick<Conversa, 'entrar' | 'enviar' | 'nome'>) {
    this.#conversa = conversa;
  }

  /** A sala em que se está, ou à qual se está voltando. */
  get sala(): string | undefined {
    return this.#sala;
  }

  aoEntrar(sala: string, mensagens: readonly Mensagem[]): void {
    this.#sala = sala;
    this.#ultima = mensagens.at(-1)?.id ?? 0;
  }

  aoReceber(mensagens: readonly Mensagem[]): void {
    this.#ultima = mensagens.at(-1)?.id ?? this.#ultima;
  }

  /** Quem sai, ou não pôde voltar, não está em sala nenhuma. */
  sair(): void {
    this.#sala = undefined;
  }

  /** Insiste enquanto o servidor está fora; o que houve nesse tempo chega pelo laço, em ordem. */
  voltar(): Promise<Desfecho> {
    this.#emCurso ??= this.#tentar().finally(() => {
      this.#emCurso = undefined;
    });
    return this.#emCurso;
  }

  /** Como o da conversa, e de quem acaba de ser tirado da sala espera pela volta. */
  async enviar(texto: string, destinatario?: string, sala?: string): Promise<Mensagem> {
    await this.#emCurso;
    try {
      return await this.#conversa.enviar(texto, destinatario, sala);
    } catch (erro) {
      // A recepção pode ainda não ter percebido.
      if (!ehDoTipo(erro, 'FORA_DA_SALA') || sala !== this.#sala || !(await this.voltar()).voltou) throw erro;
      return this.#conversa.enviar(texto, destinatario, sala);
    }
  }

  async #tentar(): Promise<Desfecho> {
    const sala = this.#sala;
    if (this.#conversa.nome === undefined) this.#sala = undefined;
    if (sala === undefined || this.#sala === undefined) return { voltou: false };
    try {
      await this.#conversa.entrar(sala, { desde: this.#ultima, insistirMs: Number.POSITIVE_INFINITY });
      return { voltou: true };
    } catch (motivo) {
      if (this.#sala === sala) this.#sala = undefined;
      return { voltou: false, motivo };
    }
  }
}
