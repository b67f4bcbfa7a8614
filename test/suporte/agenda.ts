/** O que se marca para daqui a um tempo, nas mãos do teste: só acontece quando ele manda o tempo passar. */

import type { Agendar } from '../../src/process/clock.ts';

export interface AgendaDeTeste {
  readonly agendar: Agendar;
  /** Passa tempo: faz o que estava marcado até lá, na ordem. */
  readonly passar: (ms: number) => void;
}

export function agendaDeTeste(): AgendaDeTeste {
  let agoraMs = 0;
  const marcados = new Set<{ readonly quandoMs: number; readonly agir: () => void }>();
  return {
    agendar: (esperaMs, agir) => {
      const marcado = { quandoMs: agoraMs + esperaMs, agir };
      marcados.add(marcado);
      return () => marcados.delete(marcado);
    },
    passar: (ms) => {
      agoraMs += ms;
      for (const marcado of [...marcados].sort((a, b) => a.quandoMs - b.quandoMs)) {
        if (marcado.quandoMs > agoraMs || !marcados.delete(marcado)) continue;
        marcado.agir();
      }
    },
  };
}
