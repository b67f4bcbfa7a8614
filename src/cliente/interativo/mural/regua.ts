/** O que divide a página: onde se parou, o histórico, a mudança de dia. */

import { aviso } from '../../terminal/tela/cores.ts';

/** @param texto já sem nada que um terminal obedeceria */
export function regua(texto: string): string {
  return aviso(`--- ${texto} ---`);
}

/** A do dia que começa, por extenso, no fuso de quem lê. */
export function reguaDoDia(instante: Date): string {
  return regua(
    instante.toLocaleDateString('pt-BR', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  );
}

/** @returns o mesmo para dois instantes do mesmo dia, no fuso de quem lê */
export function diaDe(instante: Date): string {
  return instante.toDateString();
}
