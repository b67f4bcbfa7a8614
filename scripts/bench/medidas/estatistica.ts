/** Medianas, dispersões e piores casos. */

export interface Resumo {
  readonly mediana: number;
  readonly minimo: number;
  readonly maximo: number;
}

/** @returns o valor abaixo do qual fica a fração dada, de uma lista qualquer */
export function quantil(valores: readonly number[], fracao: number): number {
  const ordenados = Float64Array.from(valores).sort();
  return ordenados[Math.min(ordenados.length - 1, Math.floor(fracao * ordenados.length))] ?? Number.NaN;
}

export function mediana(valores: readonly number[]): number {
  return quantil(valores, 0.5);
}

/** Sem espalhar em argumentos: são milhões. */
export function maior(valores: readonly number[]): number {
  return valores.reduce((um, outro) => Math.max(um, outro), Number.NEGATIVE_INFINITY);
}

export function menor(valores: readonly number[]): number {
  return valores.reduce((um, outro) => Math.min(um, outro), Number.POSITIVE_INFINITY);
}

export function resumir(valores: readonly number[]): Resumo {
  return { mediana: mediana(valores), minimo: menor(valores), maximo: maior(valores) };
}

/** @returns um sobre o outro, rodada a rodada */
export function resumirRazoes(um: readonly number[], outro: readonly number[]): Resumo {
  return resumir(um.map((valor, rodada) => valor / (outro[rodada] ?? Number.NaN)));
}
