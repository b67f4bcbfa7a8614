/** O tempo nas mãos do teste: nada passa enquanto ele não mandar. */

import type { Temporizador } from '../../src/process/clock.ts';

export interface RelogioDeTeste extends Temporizador {
  /** Passa tempo: a hora do mundo e o tempo monotônico andam juntos, e quem esperava até ali segue. */
  readonly avancar: (ms: number) => void;
  /** Só a hora do mundo pula, como quando alguém acerta o relógio da máquina. */
  readonly acertarHora: (ms: number) => void;
  /** Quanto falta, em ms, a cada um que espera; na ordem em que começaram. */
  readonly esperas: () => number[];
}

/** Um instante qualquer que não é zero: zero esconderia quem confunde "nunca" com "agora". */
const COMECO_MS = Date.UTC(2024, 0, 15, 12, 0, 0);
const COMECO_MONOTONICO_MS = 12_345;

interface Espera {
  readonly fimMs: number;
  readonly acabar: () => void;
}

export function relogioDeTeste(): RelogioDeTeste {
  let agoraMs = COMECO_MS;
  let monotonicoMs = COMECO_MONOTONICO_MS;
  const esperas = new Set<Espera>();
  return {
    agoraMs: () => agoraMs,
    monotonicoMs: () => monotonicoMs,
    esperar: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancelar = () => {
          esperas.delete(espera);
          reject(new DOMException('A espera foi cancelada.', 'AbortError'));
        };
        const acabar = () => {
          esperas.delete(espera);
          signal?.removeEventListener('abort', cancelar);
          resolve();
        };
        const espera: Espera = { fimMs: monotonicoMs + ms, acabar };
        if (signal?.aborted) return cancelar();
        signal?.addEventListener('abort', cancelar, { once: true });
        esperas.add(espera);
      }),
    esperas: () => [...esperas].map(({ fimMs }) => fimMs - monotonicoMs),
    avancar: (ms) => {
      agoraMs += ms;
      monotonicoMs += ms;
      for (const espera of [...esperas]) if (espera.fimMs <= monotonicoMs) espera.acabar();
    },
    acertarHora: (ms) => {
      agoraMs += ms;
    },
  };
}
