/** Roda uma propriedade, primeiro na história do dono, e se ela falha conta a história mais curta que a desmente. */

import fc from 'fast-check';
import { type Acao, contar } from './historia.ts';
import { HISTORIA_DO_DONO } from './historia-do-dono.ts';

interface Corrida {
  /** Quantas histórias. */
  readonly vezes: number;
  /** Depois disto, basta o que já rodou. */
  readonly prazoMs: number;
}

/** Para uma corrida longa, ou para repetir uma que falhou. */
export function vezesPedidas(padrao: number): number {
  return Number(process.env['CHAT_HISTORIAS'] ?? padrao);
}

export async function correrHistorias(
  historias: fc.Arbitrary<Acao[]>,
  provar: (historia: readonly Acao[]) => Promise<void>,
  { vezes, prazoMs }: Corrida,
): Promise<void> {
  const semente = process.env['CHAT_SEMENTE'];
  const fimMs = process.env['CHAT_HISTORIAS'] ? Number.POSITIVE_INFINITY : performance.now() + prazoMs;
  let corridas = 0;
  let falhou = false;
  // O prazo do fast-check largaria uma história no meio, com o servidor dela ainda aberto.
  const provarNoPrazo = async (historia: readonly Acao[]) => {
    if (!falhou && performance.now() > fimMs) return;
    corridas += 1;
    await provar(historia).catch((erro: unknown) => {
      falhou = true;
      throw erro;
    });
  };
  const resultado = await fc.check(fc.asyncProperty(historias, provarNoPrazo), {
    numRuns: vezes,
    // As dadas vêm antes das sorteadas.
    examples: [[[...HISTORIA_DO_DONO]]],
    ...(semente === undefined ? {} : { seed: Number(semente) }),
  });
  if (corridas === 0) throw new Error(`nenhuma história rodou em ${prazoMs} ms`);
  if (!resultado.failed) return;
  const [historia = []] = resultado.counterexample ?? [];
  throw new Error(
    `${resultado.errorInstance}\na história (encurtada ${resultado.numShrinks} vezes; repete-se com CHAT_SEMENTE=${resultado.seed}):\n${contar(historia)}`,
  );
}
