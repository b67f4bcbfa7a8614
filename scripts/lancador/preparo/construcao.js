/** `dist/`: construída se saiu das fontes que estão aqui. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lerComum } from '../arquivo-comum.js';
import { avisar } from '../avisos.js';
import { ANOTACOES, RAIZ } from '../lugares.js';
import { rodarPasso } from './preparo.js';

const BUILD = join('scripts', 'build.js');
/** De que mais `dist/` sai, além de src/. */
export const FORA_DE_SRC = [
  ...['package-lock.json', 'tsconfig.json', BUILD],
  ...['empacotar.js', 'enxugar-pagina.js'].map((passo) => join('scripts', passo)),
];
const ANOTACAO = join(ANOTACOES, 'construcao.json');
const MAINS = ['binder', 'server', 'cliente', 'janela'].map((processo) => join(RAIZ, 'dist', processo, 'main.js'));

/**
 * De que fontes saiu o `dist/` que está aqui.
 * @typedef {{ resumo?: string, construidoEmMs?: number }} Anotado
 */

/**
 * @param {import('../processos/trava.js').Vez} vez
 * @returns {Promise<boolean>} se construiu
 */
export async function construirSeFalta(vez) {
  const fontes = listarFontes();
  const resumo = resumir(fontes);
  if (estaConstruido(fontes, resumo)) return false;
  avisar('Construindo o chat…');
  anotar({});
  await rodarPasso(vez, { nome: 'a construção', programa: process.execPath, argumentos: [BUILD], marca: BUILD });
  anotar({ resumo, construidoEmMs: construidoEmMs() });
  return true;
}

/**
 * De um `dist/` construído sem o lançador só se podem comparar as datas.
 * @param {readonly string[]} fontes
 * @param {string} resumo o das fontes
 */
function estaConstruido(fontes, resumo) {
  if (!MAINS.every((main) => existsSync(main))) return false;
  const anotado = lerAnotado();
  if (anotado === undefined) return fontes.every((fonte) => modificadoEmMs(fonte) <= construidoEmMs());
  return anotado.resumo === resumo && anotado.construidoEmMs === construidoEmMs();
}

function construidoEmMs() {
  return Math.min(...MAINS.map((main) => statSync(main).mtimeMs));
}

/** @param {string} fonte a partir da raiz */
function modificadoEmMs(fonte) {
  return statSync(join(RAIZ, fonte)).mtimeMs;
}

function listarFontes() {
  const deSrc = readdirSync(join(RAIZ, 'src'), { recursive: true, withFileTypes: true })
    // Os documentos não entram no que se constrói: mudá-los não pede outra construção.
    .filter((item) => item.isFile() && !item.name.endsWith('.md'))
    .map((item) => join(item.parentPath, item.name).slice(RAIZ.length + 1));
  return [...deSrc.sort(), ...FORA_DE_SRC];
}

/** @param {readonly string[]} fontes */
function resumir(fontes) {
  const hash = createHash('sha256');
  for (const fonte of fontes) {
    hash
      .update(`${fonte}\0`)
      .update(readFileSync(join(RAIZ, fonte)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @returns {Anotado | undefined} */
function lerAnotado() {
  try {
    return JSON.parse(lerComum(ANOTACAO));
  } catch {
    return undefined;
  }
}

/**
 * Antes de construir, a anotação fica vazia: uma construção que não chegou ao fim não passa por pronta.
 * @param {Anotado} anotado
 */
function anotar(anotado) {
  writeFileSync(ANOTACAO, `${JSON.stringify(anotado)}\n`);
}
