import type { Corpo } from '../../src/rpc/server/http/escrita.ts';

/** O texto inteiro de uma resposta, que a borda escreve em pedaços. */
export function textoDoCorpo(corpo: Corpo | undefined): string {
  if (corpo === undefined || typeof corpo === 'string') return corpo ?? '';
  return corpo.antes + corpo.comum.toString() + corpo.depois;
}
