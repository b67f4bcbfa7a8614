/** Os prazos do que acaba por si, os mesmos em qualquer store. */

export interface Prazos {
  /** Sem chamadas por este tempo, um usuário sai da sala. */
  readonly usuarioAusenteMs: number;
  /** Sem chamadas por este tempo, a sessão acaba e o nome fica livre. */
  readonly sessaoExpiraMs: number;
  /** Sem ninguém por este tempo, uma sala que não é permanente é removida; infinito para nunca. */
  readonly salaInativaMs: number;
}

/** Uma sessão cujo token talvez nunca tenha chegado a ninguém não segura o nome por mais que isto. */
export const REGISTRO_SEM_CHAMADA_MS = 5 * 60_000;

const RENOVACAO_MAXIMA_MS = 10_000;

/** O maior intervalo entre duas anotações da presença de quem espera: uma que falhe não faz ninguém sair. */
export function renovacaoMs({ usuarioAusenteMs }: Prazos): number {
  return Math.min(RENOVACAO_MAXIMA_MS, usuarioAusenteMs / 4);
}

const INTERRUPCAO_MINIMA_MS = 2_000;
const INTERRUPCAO_MAXIMA_MS = 10_000;

/**
 * Se ninguém varreu por mais que isto, o processo ou os dados estiveram parados, e ninguém podia dar sinal de vida: os
 * prazos começam de novo. Uma parada menor conta, e por isso é uma parte pequena do prazo de quem se ausenta.
 */
export function interrupcaoMs({ usuarioAusenteMs }: Prazos): number {
  return Math.min(INTERRUPCAO_MAXIMA_MS, Math.max(INTERRUPCAO_MINIMA_MS, usuarioAusenteMs / 4));
}
