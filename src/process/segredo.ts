/** O segredo que abre um processo a outras máquinas: como se confere sem dar pistas dele. */

import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Resumos têm todos o mesmo comprimento: compará-los em tempo constante não conta nada sobre o segredo.
 * @param esperado o segredo
 * @returns se o que alguém disse é ele; o que não se disse não é
 */
export function conferirSegredo(esperado: string): (dito: string | undefined) => boolean {
  const resumoEsperado = resumo(esperado);
  return (dito) => dito !== undefined && timingSafeEqual(resumo(dito), resumoEsperado);
}

function resumo(texto: string): Buffer {
  return createHash('sha256').update(texto).digest();
}
