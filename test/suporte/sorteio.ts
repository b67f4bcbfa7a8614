/** Um teste que usa o acaso: se falha, diz com que semente repetir. */

import { type Sorteio, sortear } from '../../scripts/comum/sorteio.ts';

/** Roda o que usa o acaso; se falhar, a falha diz com que semente repetir. */
export async function comSorteio(agir: (sorteio: Sorteio) => Promise<void>): Promise<void> {
  const sorteio = sortear();
  try {
    await agir(sorteio);
  } catch (erro) {
    throw new Error(`com CHAT_SEMENTE=${sorteio.semente}: ${erro instanceof Error ? erro.message : String(erro)}`, {
      cause: erro,
    });
  }
}
