/** Que falhas têm efeito num processo, no estado em que ele está. */

import type { Falha, Processo } from '../../contract/janela.ts';

type Estado = Processo['estado'];

/** O que ainda muda alguma coisa num processo morto. */
const SERVEM_PARA_UM_MORTO: readonly Falha[] = ['reiniciar', 'religar', 'vencer_lease'];

/**
 * @param estado o do processo em que a falha seria causada
 * @param binder o estado do binder: é ele que tem os leases
 * @returns por que a falha não faria nada; `undefined` quando ela faz
 */
export function porQueNao(falha: Falha, estado: Estado, binder: Estado): string | undefined {
  if (estado === 'morto' && !SERVEM_PARA_UM_MORTO.includes(falha)) return 'Está morto: reinicie-o antes.';
  if (falha === 'congelar' && estado === 'congelado') return 'Já está congelado.';
  if (falha === 'descongelar' && estado === 'vivo') return 'Não está congelado.';
  if (falha === 'vencer_lease' && binder !== 'vivo') return `O binder, que tem o lease, está ${binder}.`;
  return undefined;
}
