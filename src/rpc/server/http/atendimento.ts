/** O que a borda entrega de um pedido, e o que recebe de quem o atende. */

import type { Corpo } from './escrita.ts';

/** Quando um pedido começou a chegar, e até quando é querido. */
export interface Chegada {
  /** Em tempo monotônico. */
  readonly chegouMs: number;
  /** No relógio deste processo, em ms desde 1970; `undefined` quando quem chamou não o disse. */
  readonly valeAteMs: number | undefined;
}

/** O que o transporte sabe de quem chama. */
export interface CallContext {
  /** O token ou segredo de `Authorization: Bearer`, se veio. */
  readonly bearer: string | undefined;
  /** O endereço IP de onde veio a chamada. */
  readonly enderecoRemoto: string;
  /** O cabeçalho do W3C Trace Context, se veio. */
  readonly traceparent?: string | undefined;
  /** A conexão por onde veio: a mesma, a cada pedido de quem a mantém aberta. */
  readonly conexao: object;
  /** Sem ela, a chamada vale sempre. */
  readonly chegada?: Chegada;
  /** Chama `aoDesistir` se a conexão cair antes da resposta. */
  readonly aoDesistir: (aoDesistir: () => void) => void;
}

/** O que se faz de um pedido HTTP. */
export interface Atendimento {
  /** A resposta já escrita, ou `undefined` quando só havia notificações. */
  readonly corpo: Corpo | undefined;
  /** Se quem chamou é alguém que o processo conhece. */
  readonly reconhecido: boolean;
}

export type Responder = (corpo: Buffer, context: CallContext) => Promise<Atendimento>;
