/** Como o modelo diz que o servidor e o contrato se separaram. */

import { isDeepStrictEqual } from 'node:util';

/** O que o contrato manda responder a uma chamada: um erro, ou o que `sucesso` confere na resposta. */
export type Esperado =
  | { readonly erro: number; readonly parametros?: readonly string[]; readonly tenteEmMs?: number }
  | { readonly sucesso: () => void };

/** A resposta não é a do contrato. */
export class Discordancia extends Error {
  override readonly name = 'Discordancia';
}

export function igual(visto: unknown, esperado: unknown, oQue: string): void {
  exigir(
    isDeepStrictEqual(visto, esperado),
    () => `${oQue}: devia ser ${JSON.stringify(esperado)}, e foi ${JSON.stringify(visto)}`,
  );
}

export function exigir(condicao: boolean, frase: () => string): void {
  if (!condicao) throw new Discordancia(frase());
}
