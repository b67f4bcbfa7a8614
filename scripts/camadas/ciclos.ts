/** Arquivos que se importam em círculo: nenhum deles se entende, se testa nem se move sozinho. */

/**
 * @param vizinhos arquivo → os que ele importa
 * @returns cada círculo, na ordem dos imports; de cada nó de círculos, um deles
 */
export function ciclosEm(vizinhos: ReadonlyMap<string, readonly string[]>): string[][] {
  const ciclos: string[][] = [];
  const prontos = new Set<string>();
  const caminho: string[] = [];

  function visitar(arquivo: string): void {
    const onde = caminho.indexOf(arquivo);
    if (onde >= 0) {
      ciclos.push(caminho.slice(onde));
      return;
    }
    if (prontos.has(arquivo)) return;
    prontos.add(arquivo);
    caminho.push(arquivo);
    for (const vizinho of vizinhos.get(arquivo) ?? []) visitar(vizinho);
    caminho.pop();
  }

  for (const arquivo of vizinhos.keys()) visitar(arquivo);
  return ciclos;
}
