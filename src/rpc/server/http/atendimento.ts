/** O que a borda entrega de um pedido, e o que recebe de quem o atende. */

import type { Corpo } from './escrita.ts';

/** O que o transporte sabe de quem chama. */
export interface CallContext {
  /** O token ou segredo de `Authorization: Bearer`, se veio. */
  readonly bearer: string | undefined;
  /** O endereço IP de onde veio a chamada. */
  readonly enderecoRemoto: string;
  /** A conexão por onde veio: a mesma, a cada pedido de quem a mantém aberta. */
  readonly conexao: object;
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
