/** A cada quanto tempo se buscam mensagens: o que vale sem que se diga, e entre que limites. */

import { ESPERA_MAXIMA_MS } from '../contract/limites.ts';

export interface Ritmo {
  /** Entre uma busca vazia e a seguinte, em ms. */
  readonly intervaloMs: number;
  /** Quanto uma busca espera no servidor, em ms; 0 para nada. */
  readonly esperaMs: number;
}

export const RITMO_PADRAO: Ritmo = { intervaloMs: 1_000, esperaMs: 50_000 };

export const LIMITES_DO_RITMO = {
  /** Menos que isto seria perguntar sem parar. */
  intervaloMs: { minimo: 10, maximo: 3_600_000 },
  esperaMs: { minimo: 0, maximo: ESPERA_MAXIMA_MS },
} as const satisfies Record<keyof Ritmo, unknown>;
