/** O que os testes dos defeitos têm em comum. */

import { lentidao } from '../../scripts/comum/folga.ts';

/**
 * Uma promessa com prazo: muitos dos defeitos eram um servidor que não respondia mais, e um teste que só esperasse
 * por ele nunca chegaria a desfazer o que abriu.
 */
export async function emAte<T>(promessa: Promise<T>, prazoNaMaquinaLivreMs: number, oQue: string): Promise<T> {
  const prazoMs = prazoNaMaquinaLivreMs * lentidao();
  let timer: NodeJS.Timeout | undefined;
  const prazo = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${oQue} não veio em ${prazoMs} ms`)), prazoMs);
  });
  try {
    return await Promise.race([promessa, prazo]);
  } finally {
    clearTimeout(timer);
  }
}
