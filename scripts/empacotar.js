/**
 * Junta cada processo em poucos arquivos, com as dependências que não têm parte nativa: carregar centenas de módulos um a
 * um é a maior parte da partida de um processo. O zod se importa com `* as z`: de outro modo iriam junto os seus 64 idiomas.
 * Ao lado do que se junta ficam as licenças do que vai dentro, que pedem para ir junto.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

/** O cliente que o binder oferece: um arquivo só, sem dependências a instalar. */
const AVULSO = 'cliente-avulso';

/** O que os processos têm em comum, e o que só carregam quando o usam. Fica a uma pasta de `dist/`, como eles. */
const PARTES = 'partes';

/**
 * A parte nativa não cabe num arquivo JavaScript; a telemetria é a que estiver instalada, se houver; e o cliente do Redis,
 * que só carrega quem o usa, não traz o texto da sua licença.
 */
const A_INSTALAR = ['libsql', '@opentelemetry/api', '@redis/client'];

/** As mensagens do zod que se usam são as nossas; ele mesmo carrega as suas em inglês. */
const IDIOMA_SEM_USO = /[\\/]zod[\\/]v4[\\/]locales[\\/](?!en\.)/;

/** Um módulo que faz o seu próprio `require` esconde do esbuild o que carrega por ele. */
const REQUIRE_PROPRIO = 'const require = createRequire(import.meta.url);';

/** O que vai dentro também tem módulos CommonJS, que pedem os do Node por `require`. */
const REQUIRE_DO_NODE = `import { createRequire as criarRequire } from 'node:module';
const require = criarRequire(import.meta.url);`;

/** @type {import('esbuild').Plugin} */
const semRequireProprio = {
  name: 'sem-require-proprio',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]perguntas[\\/]inquirer\.ts$/ }, ({ path }) => {
      const fonte = readFileSync(path, 'utf8');
      if (!fonte.includes(REQUIRE_PROPRIO)) throw new Error(`${path} não tem mais o seu require`);
      return { contents: fonte.replace(REQUIRE_PROPRIO, ''), loader: 'ts' };
    }),
};

/**
 * O binder, o servidor e o cliente, com o que têm em comum ao lado. A biblioteca e a janela não iniciam a cada comando, e
 * ficam como o compilador as emite.
 * @param {string} raiz a do checkout, com `dist/` já emitida
 * @throws Error se foi junto o que não se usa
 */
export async function empacotarProcessos(raiz) {
  const { inputs, outputs } = await empacotar(raiz, {
    entryPoints: ['binder', 'server', 'cliente'].map((processo) => join('src', processo, 'main.ts')),
    outbase: 'src',
    outdir: 'dist',
    splitting: true,
    chunkNames: `${PARTES}/[name]-[hash]`,
    external: A_INSTALAR,
    sourcemap: true,
  });
  recusarIdiomas(outputs);
  const mapas = Object.keys(outputs).filter((saida) => saida.endsWith('.map'));
  for (const mapa of mapas) tirarFontesAlheias(join(raiz, mapa));
  escreverLicencas(raiz, PARTES, inputs);
}

/** @param {import('esbuild').Metafile['outputs']} saidas */
function recusarIdiomas(saidas) {
  const dentro = Object.values(saidas).flatMap(({ inputs }) => Object.keys(inputs));
  const idioma = dentro.find((entrada) => IDIOMA_SEM_USO.test(entrada));
  if (idioma !== undefined) throw new Error(`${idioma} foi junto: importe o zod com import * as z`);
}

/**
 * As fontes das dependências são mais da metade dos mapas; quem as quer ler tem-nas em node_modules/.
 * @param {string} arquivo o de um mapa
 */
function tirarFontesAlheias(arquivo) {
  const mapa = JSON.parse(readFileSync(arquivo, 'utf8'));
  mapa.sourcesContent = mapa.sources.map((/** @type {string} */ fonte, /** @type {number} */ i) =>
    fonte.includes('node_modules') ? null : mapa.sourcesContent[i],
  );
  writeFileSync(arquivo, JSON.stringify(mapa));
}

/**
 * @param {string} raiz a do checkout
 * @throws Error se algo do que o cliente usa ficou de fora
 */
export async function empacotarCliente(raiz) {
  const { inputs, outputs } = await empacotar(raiz, {
    entryPoints: [join('src', 'cliente', 'main.ts')],
    outfile: join('dist', AVULSO, 'main.js'),
    minify: true,
  });
  const deFora = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ path }) => !isBuiltin(path)));
  if (deFora.length > 0) throw new Error(`ficou fora do cliente avulso: ${deFora.map(({ path }) => path).join(', ')}`);
  escreverLicencas(raiz, AVULSO, inputs);
}

/**
 * @param {string} raiz
 * @param {import('esbuild').BuildOptions} opcoes
 * @returns {Promise<import('esbuild').Metafile>} o que foi dentro e o que saiu
 */
async function empacotar(raiz, opcoes) {
  const { metafile } = await build({
    absWorkingDir: raiz,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.17',
    banner: { js: REQUIRE_DO_NODE },
    plugins: [semRequireProprio],
    logLevel: 'warning',
    ...opcoes,
    metafile: true,
  });
  return metafile;
}

/**
 * @param {string} raiz
 * @param {string} pasta a de `dist/` em que está o que se juntou
 * @param {import('esbuild').Metafile['inputs']} entradas
 */
function escreverLicencas(raiz, pasta, entradas) {
  const pacotes = Object.keys(entradas).flatMap((entrada) => PACOTE.exec(entrada) ?? []);
  const textos = ['.', ...[...new Set(pacotes)].sort()].map((pacote) => licencaDe(join(raiz, pacote)));
  writeFileSync(join(raiz, 'dist', pasta, 'LICENCAS.txt'), textos.join('\n'));
}

/** De um arquivo, a partir da raiz, a pasta do pacote a que pertence. */
const PACOTE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** @param {string} pasta a de um pacote */
function licencaDe(pasta) {
  const { name, version } = JSON.parse(readFileSync(join(pasta, 'package.json'), 'utf8'));
  const arquivo = readdirSync(pasta).find((nome) => /^licen[cs]e/i.test(nome));
  if (arquivo === undefined) throw new Error(`${name} não traz o texto da sua licença`);
  return `## ${name} ${version}\n\n${readFileSync(join(pasta, arquivo), 'utf8').trim()}\n`;
}
