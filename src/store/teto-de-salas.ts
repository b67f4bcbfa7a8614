/** Quantas salas cabem, em qualquer store. */

import { ContractError } from '../contract/errors.ts';

/** Listá-las todas tem de caber num instante: com estas, uns 15 ms no embutido. */
export const MAXIMO_DE_SALAS = 10_000;
const ESPERA_POR_UMA_SALA_MS = 1_000;

/** @returns LIMITE_EXCEDIDO, para quem pede mais uma */
export function salasDemais(): ContractError {
  const message = `Já há ${MAXIMO_DE_SALAS} salas. Espere que alguma sem ninguém seja removida.`;
  return new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: ESPERA_POR_UMA_SALA_MS }, message);
}
