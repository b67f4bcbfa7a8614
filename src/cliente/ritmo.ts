/** A cada quanto tempo se buscam mensagens: o que vale sem que se diga, e entre que limites. */

import { ESPERA_MAXIMA_MS } from '../contract/limites.ts';

export interface Ritmo {
  /** Entre uma busca vazia e a seguinte, em ms. */
  readonly intervaloMs: number;
  /** Quanto uma busca espera no servidor, em ms; 0 para nada. */
  readonly esperaMs: number;
  /**
   * Depois de uma busca que trouxe algo, quanto se deixa passar até a seguinte, em ms: o que chega nesse tempo vem junto, e
   * custa uma busca só. Sem isto, nada.
   */
  readonly juntarMs?: number;
}

export const RITMO_PADRAO: Ritmo = { intervaloMs: 1_000, esperaMs: 50_000 };

/** Uma pessoa não percebe o que se atrasa menos que isto, em ms. */
export const JUNTAR_PARA_QUEM_LE_MS = 50;

export const LIMITES_DO_RITMO = {
  /** Menos que isto seria perguntar sem parar. */
  intervaloMs: { minimo: 10, maximo: 3_600_000 },
  esperaMs: { minimo: 0, maximo: ESPERA_MAXIMA_MS },
} as const satisfies Record<'intervaloMs' | 'esperaMs', unknown>;
