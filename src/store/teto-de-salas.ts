/** Quantas salas cabem, em qualquer store, e quantas delas podem ser de quem. */

import { ContractError } from '../contract/errors.ts';

/** Listá-las todas tem de caber num instante: com estas, uns 15 ms no embutido. */
export const MAXIMO_DE_SALAS = 10_000;

/** Salas que ficam quando não há ninguém nelas. */
export const MAXIMO_DE_PERMANENTES = 1_000;
export const MAXIMO_DE_PERMANENTES_DO_DONO = 100;

const ESPERA_POR_UMA_SALA_MS = 1_000;
const ESPERA_POR_UMA_PERMANENTE_MS = 60_000;

/** Quantas salas sem ninguém podem ter sido criadas por uma pessoa, e de um endereço. */
export interface TetoDeVazias {
  readonly porPessoa: number;
  readonly porRede: number;
}

/** @returns LIMITE_EXCEDIDO, para quem pede mais uma */
export function salasDemais(): ContractError {
  const message = `Já há ${MAXIMO_DE_SALAS} salas. Espere que alguma sem ninguém seja removida.`;
  return new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: ESPERA_POR_UMA_SALA_MS }, message);
}

/** @returns LIMITE_EXCEDIDO, para quem já criou tantas em que não há ninguém */
export function vaziasDemais(): ContractError {
  const message = 'Você, ou alguém do seu endereço, já criou salas demais em que não há ninguém. Entre numa delas.';
  return new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: ESPERA_POR_UMA_SALA_MS }, message);
}

/** @returns LIMITE_EXCEDIDO, para quem pede mais uma permanente */
export function permanentesDemais(): ContractError {
  const message =
    `Cabem ${MAXIMO_DE_PERMANENTES_DO_DONO} salas permanentes de um dono e ${MAXIMO_DE_PERMANENTES} ao todo. ` +
    'Deixe de fixar outra antes.';
  return new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: ESPERA_POR_UMA_PERMANENTE_MS }, message);
}
