/** O que um arquivo importa, de todos os jeitos: valores, tipos, reexportações, `import()` e `require()`. */

export interface Import {
  /** Como está escrito: `./vizinho.ts`, `node:fs`, `zod`. */
  readonly modulo: string;
  /** A linha do arquivo, a partir de 1. */
  readonly linha: number;
}

/** Um comentário que começa a sua linha, como o Biome os deixa: o que ele cita não é importado. */
const COMENTARIO = /^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm;
const IMPORT = /(?<![\w$-])(?:from|import|require)\s*\(?\s*(['"`])([^'"`\n]+)\1/g;

export function importsDe(texto: string): Import[] {
  // As quebras de linha ficam, para que os números das linhas continuem certos.
  const codigo = texto.replace(COMENTARIO, (comentario) => comentario.replace(/[^\n]/g, ' '));
  return [...codigo.matchAll(IMPORT)].map(({ 2: modulo = '', index }) => ({
    modulo,
    linha: codigo.slice(0, index).split('\n').length,
  }));
}
