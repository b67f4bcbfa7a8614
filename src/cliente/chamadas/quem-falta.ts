/** De quem é a falta de resposta: quem conversa só precisa saber se é o binder ou o servidor que está fora. */

import { UnreachableError } from '../../rpc/client/falhas.ts';

const DO_BINDER = new WeakSet<object>();

/** Anota que foi o binder que não respondeu. @returns a mesma falha */
export function anotarFaltaDoBinder<T>(erro: T): T {
  if (erro instanceof UnreachableError) DO_BINDER.add(erro);
  return erro;
}

/** @returns uma frase, com um espaço antes; vazia quando alguém respondeu, ainda que para recusar */
export function dizerQuemFalta(erro: unknown): string {
  if (!(erro instanceof UnreachableError)) return '';
  return DO_BINDER.has(erro) ? ' É o binder que não responde.' : ' É o servidor que não responde.';
}
