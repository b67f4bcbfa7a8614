/** O que o navegador recebe da janela não leva comentários nem espaços: a página inteira cabe em 100 KB. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { transformSync } from 'esbuild';

const PASTAS = ['navegador', 'pagina'];
const LOADERS = /** @type {const} */ ({ '.js': 'js', '.css': 'css' });

/** @param {string} raiz a do checkout, com `dist/janela` já construída */
export function enxugarPagina(raiz) {
  for (const pasta of PASTAS.map((nome) => join(raiz, 'dist', 'janela', nome))) {
    for (const nome of readdirSync(pasta, { recursive: true, encoding: 'utf8' })) {
      const extensao = extname(nome);
      // O mapa é do arquivo de antes.
      if (extensao === '.map') rmSync(join(pasta, nome));
      if (extensao !== '.js' && extensao !== '.css') continue;
      const fonte = readFileSync(join(pasta, nome), 'utf8');
      const { code } = transformSync(fonte, {
        loader: LOADERS[extensao],
        minify: true,
        target: 'es2024',
        charset: 'utf8',
      });
      writeFileSync(join(pasta, nome), code);
    }
  }
}
