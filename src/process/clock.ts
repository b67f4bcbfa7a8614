/** O tempo é um parâmetro: quem precisa dele recebe um relógio, e os testes dão o deles. */

import { setTimeout as esperar } from 'node:timers/promises';

export interface Clock {
  /** A hora do mundo, em ms desde 1970: só para o que se guarda ou mostra; pode pular. */
  readonly agoraMs: () => number;
  /** Monotônico, em ms desde um ponto qualquer: para leases, esperas e prazos. */
  readonly monotonicoMs: () => number;
}

/** Um relógio que também sabe esperar. */
export interface Temporizador extends Clock {
  /**
   * @param ms quanto esperar
   * @throws AbortError assim que `signal` é dado
   */
  readonly esperar: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Um timer do Node mais longo que isto dispara já. */
const MAIOR_TIMER_MS = 2 ** 31 - 1;

export const relogioDoSistema: Temporizador = {
  agoraMs: () => Date.now(),
  monotonicoMs: () => performance.now(),
  esperar: (ms, signal) => esperar(Math.min(ms, MAIOR_TIMER_MS), undefined, signal ? { signal } : {}),
};

/** Faz algo daqui a um tempo, em ms. @returns como desistir */
export type Agendar = (esperaMs: number, agir: () => void) => () => void;

export const agendarNoSistema: Agendar = (esperaMs, agir) => {
  const temporizador = setTimeout(agir, esperaMs);
  return () => clearTimeout(temporizador);
};
