/** Que falhas têm efeito num processo, no estado em que ele está. */

import type { Falha, Processo } from '../../../contract/janela.ts';

type Estado = Processo['estado'];

/** O que ainda muda alguma coisa num processo morto. */
const SERVEM_PARA_UM_MORTO: readonly Falha[] = ['reiniciar', 'religar', 'vencer_lease'];

/** O que decide se uma falha tem efeito. */
export interface Alvo {
  /** O do processo em que a falha seria causada. */
  readonly estado: Estado;
  readonly redeCortada: boolean;
  /** O estado do binder: é ele que tem os leases. */
  readonly binder: Estado;
}

/** @returns por que a falha não faria nada; `undefined` quando ela faz */
export function porQueNao(falha: Falha, { estado, redeCortada, binder }: Alvo): string | undefined {
  if (estado === 'morto' && !SERVEM_PARA_UM_MORTO.includes(falha)) return 'Está morto: reinicie-o antes.';
  if (falha === 'congelar' && estado === 'congelado') return 'Já está congelado.';
  if (falha === 'descongelar' && estado === 'vivo') return 'Não está congelado.';
  if (falha === 'cortar' && redeCortada) return 'A rede já está cortada.';
  if (falha === 'religar' && !redeCortada) return 'A rede não está cortada.';
  if (falha === 'vencer_lease' && binder !== 'vivo') return `O binder, que tem o lease, está ${binder}.`;
  return undefined;
}
