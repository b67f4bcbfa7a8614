/** Medianas, dispersões e piores casos. */

/** @returns o valor abaixo do qual fica a fração dada, de uma lista qualquer */
export function quantil(valores, fracao) {
  if (valores.length === 0) return Number.NaN;
  const ordenados = Float64Array.from(valores).sort();
  return ordenados[Math.min(ordenados.length - 1, Math.floor(fracao * ordenados.length))];
}

export function mediana(valores) {
  return quantil(valores, 0.5);
}

/** Sem espalhar em argumentos: são milhões. */
export function maior(valores) {
  return valores.reduce((um, outro) => Math.max(um, outro), Number.NEGATIVE_INFINITY);
}

export function menor(valores) {
  return valores.reduce((um, outro) => Math.min(um, outro), Number.POSITIVE_INFINITY);
}

/** @returns mediana, mínimo e máximo */
export function resumir(valores) {
  return { mediana: mediana(valores), minimo: menor(valores), maximo: maior(valores) };
}
