/** Quem chama, e o que ele pode. */

import type { Acesso } from '../../contract/procedure.ts';
import type { CallContext } from './http/atendimento.ts';

/** Como um processo sabe quem chama: identifica o pedido HTTP, sem recusar; autoriza cada chamada, depois dos parâmetros. */
export interface Authentication<Identity, Callers extends Record<Acesso, unknown>> {
  /** Nunca recusa: um bearer desconhecido é só uma identidade a menos. */
  readonly identificar: (context: CallContext) => Promise<Identity> | Identity;
  /** @returns se é alguém que o processo conhece; os outros contam todos pelo endereço de onde vêm */
  readonly reconhece: (identity: Identity) => boolean;
  /** @throws ContractError quando quem chama não pode */
  readonly autorizar: <A extends Acesso>(acesso: A, identity: Identity, params: unknown) => Callers[A];
}
