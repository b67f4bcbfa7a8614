/** O servidor de chat, visto por quem o chama. */

import type { ChatProcedures } from '../../contract/chat.ts';
import type { ParamsInput, Result } from '../../contract/procedure.ts';

export type NomeDeProcedimento = keyof ChatProcedures & string;
export type ParamsDe<N extends NomeDeProcedimento> = ParamsInput<ChatProcedures[N]>;
export type ResultadoDe<N extends NomeDeProcedimento> = Result<ChatProcedures[N]>;

export interface OpcoesDaChamada {
  /** De quem chama; sem sessão, nenhum. */
  readonly token?: string | undefined;
  /** Até quando se espera pela resposta, em ms (10.000). */
  readonly prazoMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Servico {
  /**
   * @throws ContractError o que o servidor (ou o binder, sem endpoint conhecido) recusou
   * @throws UnreachableError não se soube a resposta
   */
  chamar<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    options?: OpcoesDaChamada,
  ): Promise<ResultadoDe<N>>;
  close(): void;
}
