/** O tempo nas mãos do teste: nada passa enquanto ele não mandar. */

import type { Clock } from '../../src/process/clock.ts';

export interface RelogioDeTeste extends Clock {
  /** Passa tempo: a hora do mundo e o tempo monotônico andam juntos. */
  readonly avancar: (ms: number) => void;
  /** Só a hora do mundo pula, como quando alguém acerta o relógio da máquina. */
  readonly acertarHora: (ms: number) => void;
}

/** Um instante qualquer que não é zero: zero esconderia quem confunde "nunca" com "agora". */
const COMECO_MS = Date.UTC(2024, 0, 15, 12, 0, 0);
const COMECO_MONOTONICO_MS = 12_345;

export function relogioDeTeste(): RelogioDeTeste {
  let agoraMs = COMECO_MS;
  let monotonicoMs = COMECO_MONOTONICO_MS;
  return {
    agoraMs: () => agoraMs,
    monotonicoMs: () => monotonicoMs,
    avancar: (ms) => {
      agoraMs += ms;
      monotonicoMs += ms;
    },
    acertarHora: (ms) => {
      agoraMs += ms;
    },
  };
}
