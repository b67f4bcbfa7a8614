/** Em quem o dono de uma sala pode agir, em qualquer store. */

import { ContractError } from '../contract/errors.ts';
import { mesmoNome } from '../contract/nomes/nomes.ts';

/** @throws SEM_PERMISSAO: o dono não se silencia nem se expulsa */
export function exigirOutro(alvo: string, dono: string): void {
  if (!mesmoNome(alvo, dono)) return;
  throw new ContractError('SEM_PERMISSAO', {}, 'O dono da sala não pode ser silenciado nem expulso.');
}
