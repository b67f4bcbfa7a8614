/**
 * O cliente inteiro num arquivo só, sem dependências a instalar: é o que o binder oferece a quem só tem o Node.
 * Ao lado dele ficam as licenças do que vai dentro, que pedem para ir junto.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const PASTA = 'cliente-avulso';

/** Um módulo que faz o seu próprio `require` esconde do esbuild o que carrega por ele. */
const REQUIRE_PROPRIO = 'const require = createRequire(import.meta.url);';

/** O que vai dentro também tem módulos CommonJS, que pedem os do Node por `require`. */
const REQUIRE_DO_NODE = `import { createRequire as criarRequire } from 'node:module';
const require = criarRequire(import.meta.url);`;

/** @type {import('esbuild').Plugin} */
const semRequireProprio = {
  name: 'sem-require-proprio',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]perguntas[\\/]inquirer\.js$/ }, ({ path }) => {
      const fonte = readFileSync(path, 'utf8');
      if (!fonte.includes(REQUIRE_PROPRIO)) throw new Error(`${path} não tem mais o seu require`);
      return { contents: fonte.replace(REQUIRE_PROPRIO, '') };
    }),
};

/**
 * @param {string} raiz a do checkout, com `dist/cliente` já construída
 * @throws Error se algo do que o cliente usa ficou de fora
 */
export async function empacotarCliente(raiz) {
  const arquivo = join(raiz, 'dist', PASTA, 'main.js');
  const { metafile } = await build({
    absWorkingDir: raiz,
    entryPoints: [join(raiz, 'dist', 'cliente', 'main.js')],
    outfile: arquivo,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.17',
    minify: true,
    banner: { js: REQUIRE_DO_NODE },
    plugins: [semRequireProprio],
    metafile: true,
    logLevel: 'warning',
  });
  const deFora = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ path }) => !isBuiltin(path)),
  );
  if (deFora.length > 0) throw new Error(`ficou fora do cliente avulso: ${deFora.map(({ path }) => path).join(', ')}`);
  writeFileSync(join(raiz, 'dist', PASTA, 'LICENCAS.txt'), licencas(raiz, Object.keys(metafile.inputs)));
}

/**
 * @param {string} raiz
 * @param {readonly string[]} entradas os arquivos que foram dentro, a partir da raiz
 * @returns {string} a licença deste projeto, e a de cada pacote
 */
function licencas(raiz, entradas) {
  const pacotes = entradas.flatMap((entrada) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(entrada) ?? []);
  return ['.', ...[...new Set(pacotes)].sort()].map((pacote) => licencaDe(join(raiz, pacote))).join('\n');
}

/** @param {string} pasta a de um pacote */
function licencaDe(pasta) {
  const { name, version } = JSON.parse(readFileSync(join(pasta, 'package.json'), 'utf8'));
  const arquivo = readdirSync(pasta).find((nome) => /^licen[cs]e/i.test(nome));
  if (arquivo === undefined) throw new Error(`${name} não traz o texto da sua licença`);
  return `## ${name} ${version}\n\n${readFileSync(join(pasta, arquivo), 'utf8').trim()}\n`;
}
