/** O que uma chamada sem desfecho deixou de entregar, e a quem. */

import type { Chamada } from './historia.ts';

/**
 * @param chamada a de quem ficou sem a resposta
 * @param nomeDe o nome de uma faixa
 */
export function oQueFaltou(
  { de, para, destino, chegouMs, respondeuMs }: Pick<Chamada, 'de' | 'para' | 'destino' | 'chegouMs' | 'respondeuMs'>,
  nomeDe: (faixa: string | undefined) => string,
): string {
  const quemAtende = para === undefined && destino !== undefined ? destino : nomeDe(para);
  if (chegouMs === undefined) return `não chegou a ${quemAtende}`;
  if (respondeuMs === undefined) return `${quemAtende} não respondeu`;
  return `a resposta não chegou a ${nomeDe(de)}`;
}
