/** Muitos passos de uma migração, alguns de cada vez: o Redis não os tem todos na fila. */

import type { Migracao } from './migracao.ts';

const POR_LOTE = 100;

export async function emLotes<T>(
  { continuar }: Migracao,
  itens: readonly T[],
  agir: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let inicio = 0; inicio < itens.length; inicio += POR_LOTE) {
    await continuar();
    await Promise.all(itens.slice(inicio, inicio + POR_LOTE).map(agir));
  }
}
