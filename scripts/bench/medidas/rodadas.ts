/** A contra B, em vezes alternadas na mesma execução: só a razão entre os dois se pode citar. */

import { maior, mediana, type Resumo, resumirRazoes } from './estatistica.ts';

export interface Rodada {
  readonly porSegundo: number;
  readonly latenciasMs: readonly number[];
}

export interface Vazao {
  /** Uma por rodada. */
  readonly vazoes: readonly number[];
  /** A mediana delas. */
  readonly porSegundo: number;
  readonly medianaMs: number;
  readonly piorMs: number;
}

type Concorrentes<Nome extends string, Medida> = Readonly<Record<Nome, (rodada: number) => Promise<Medida>>>;

/**
 * Mede os concorrentes em roda (A B C A B C…), com uma volta antes que não conta.
 * @param concorrentes cada um recebe o número da rodada; a que não conta é a -1
 * @returns as medidas de cada um, uma por rodada
 */
export async function emRodadas<Nome extends string, Medida>(
  concorrentes: Concorrentes<Nome, Medida>,
  rodadas: number,
): Promise<Readonly<Record<Nome, readonly Medida[]>>> {
  const emRoda = Object.entries(concorrentes) as [Nome, (rodada: number) => Promise<Medida>][];
  const medidas = new Map<Nome, Medida[]>(emRoda.map(([nome]) => [nome, []]));
  for (let rodada = -1; rodada < rodadas; rodada += 1) {
    for (const [nome, medir] of emRoda) {
      const medida = await medir(rodada);
      if (rodada >= 0) medidas.get(nome)?.push(medida);
    }
  }
  return Object.fromEntries(medidas) as Record<Nome, Medida[]>;
}

/** O mesmo, com as vazões de cada um juntas. */
export async function alternar<Nome extends string>(
  concorrentes: Concorrentes<Nome, Rodada>,
  rodadas: number,
): Promise<Readonly<Record<Nome, Vazao>>> {
  const medidas = Object.entries<readonly Rodada[]>(await emRodadas(concorrentes, rodadas));
  return Object.fromEntries(medidas.map(([nome, lista]) => [nome, juntar(lista)])) as Record<Nome, Vazao>;
}

function juntar(lista: readonly Rodada[]): Vazao {
  const vazoes = lista.map(({ porSegundo }) => porSegundo);
  const latenciasMs = lista.flatMap((medida) => medida.latenciasMs);
  return { vazoes, porSegundo: mediana(vazoes), medianaMs: mediana(latenciasMs), piorMs: maior(latenciasMs) };
}

/** @returns a razão, rodada a rodada */
export function razaoEntre(um: Vazao, outro: Vazao): Resumo {
  return resumirRazoes(um.vazoes, outro.vazoes);
}
