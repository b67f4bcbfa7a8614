/**
 * Até quando uma chamada é querida. A rede pode segurar um pedido até depois de quem o fez ter desistido dele, e agir
 * então seria surpreendê-lo. Viaja em cabeçalhos, ao lado do JSON-RPC: quem não os conhece não perde nada.
 */

/** De quem chama: quando desiste, no relógio de quem atende, em ms desde 1970. */
export const VALE_ATE = 'Chat-Vale-Ate';

/** De quem atende, a quem mandou o outro: que horas são no relógio dele, em ms desde 1970. */
export const AGORA = 'Chat-Agora';

/** @returns `undefined` quando não é um instante */
export function lerInstante(valor: string | readonly string[] | undefined): number | undefined {
  return typeof valor === 'string' && /^\d{1,15}$/.test(valor) ? Number(valor) : undefined;
}
