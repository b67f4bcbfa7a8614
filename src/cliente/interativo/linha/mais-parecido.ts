/** O que se quis dizer com um nome que não existe. Puro. */

/** Erros de digitação até este ponto ainda dizem o que se quis. */
const DISTANCIA_MAXIMA = 2;

/** @returns o nome que começa pelo digitado, ou que menos difere dele; `undefined` se nenhum se parece */
export function maisParecido(digitado: string, nomes: readonly string[]): string | undefined {
  if (digitado === '') return undefined;
  const comeca = nomes.find((nome) => nome.startsWith(digitado));
  if (comeca !== undefined) return comeca;
  const [melhor] = nomes
    .filter((nome) => Math.abs(nome.length - digitado.length) <= DISTANCIA_MAXIMA)
    .map((nome) => ({ nome, distancia: distanciaEntre(digitado, nome) }))
    .filter(({ distancia, nome }) => distancia <= DISTANCIA_MAXIMA && distancia < nome.length)
    .sort((a, b) => a.distancia - b.distancia);
  return melhor?.nome;
}

/** Quantas letras trocar, pôr ou tirar (Levenshtein). */
function distanciaEntre(a: string, b: string): number {
  let anterior = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const atual = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const troca = (anterior[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      atual.push(Math.min(troca, (anterior[j] as number) + 1, (atual[j - 1] as number) + 1));
    }
    anterior = atual;
  }
  return anterior[b.length] as number;
}
