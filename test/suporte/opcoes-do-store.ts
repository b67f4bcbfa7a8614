/** Com o que um teste abre um store quando só lhe interessa uma parte. */

import type { OpcoesDoStore } from '../../src/store/store.ts';
import { relogioDeTeste } from './relogio.ts';

/** Nenhum destes acaba durante um teste. */
export const PRAZOS_LONGOS = { usuarioAusenteMs: 3_600_000, sessaoExpiraMs: 3_600_000, salaInativaMs: 3_600_000 };

export function opcoesDoStore(opcoes: Partial<OpcoesDoStore> = {}): OpcoesDoStore {
  return {
    clock: relogioDeTeste(),
    prazos: PRAZOS_LONGOS,
    emEspera: new Set<number>(),
    aoGravar: () => {},
    aoMudarNomes: () => {},
    aoFalhar: (erro) => {
      throw erro;
    },
    ...opcoes,
  };
}
