/** As dependências: instaladas se são as que package-lock.json pede, neste sistema. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { avisar } from '../avisos.js';
import { RAIZ } from '../lugares.js';
import { rodarPasso } from './preparo.js';

/** O compilador é uma dependência de desenvolvimento; quem constrói é o lançador, num passo seu. */
const ARGUMENTOS = ['ci', '--include=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];

/**
 * O que se lê de um pacote em package-lock.json.
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }} Pacote
 */

/** @param {import('../processos/trava.js').Vez} vez */
export async function instalarSeFalta(vez) {
  if (estaInstalado()) return;
  avisar('Instalando as dependências (npm ci)…');
  // No Windows o npm é um npm.cmd, que só um shell sabe rodar.
  const comShell = process.platform === 'win32';
  await rodarPasso(vez, {
    nome: 'npm ci',
    programa: comShell ? ['npm', ...ARGUMENTOS].join(' ') : 'npm',
    argumentos: comShell ? [] : ARGUMENTOS,
    shell: comShell,
    marca: 'npm',
  });
}

/** Compara o que se pede com o que o npm anotou ter instalado: datas mentem depois de uma cópia. */
function estaInstalado() {
  const pedidos = lerPacotes('package-lock.json');
  const presentes = lerPacotes(join('node_modules', '.package-lock.json'));
  if (pedidos === undefined || presentes === undefined) return false;
  /** @param {[string, Pacote]} presente */
  const oPedido = ([onde, pacote]) => mesmoPacote(pacote, pedidos[onde]) && serveAqui(pacote) && existe(onde);
  /**
   * Um opcional ausente é de outro sistema.
   * @param {[string, Pacote]} pedido
   */
  const oPresente = ([onde, pacote]) => onde === '' || pacote.optional || onde in presentes;
  return Object.entries(presentes).every(oPedido) && Object.entries(pedidos).every(oPresente);
}

/**
 * @param {string} arquivo a partir da raiz
 * @returns {Record<string, Pacote> | undefined}
 */
function lerPacotes(arquivo) {
  try {
    return JSON.parse(readFileSync(join(RAIZ, arquivo), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {Pacote} presente
 * @param {Pacote | undefined} pedido
 */
function mesmoPacote(presente, pedido) {
  return presente.version === pedido?.version && presente.integrity === pedido?.integrity;
}

/**
 * Uma pasta vista por dois sistemas (o Windows e o Linux dele) só serve a um de cada vez.
 * @param {Pacote} pacote
 */
function serveAqui({ os, cpu }) {
  return permite(os, process.platform) && permite(cpu, process.arch);
}

/**
 * @param {readonly string[] | undefined} lista
 * @param {string} valor
 */
function permite(lista, valor) {
  if (lista === undefined) return true;
  return lista.includes(valor) || (lista.every((item) => item.startsWith('!')) && !lista.includes(`!${valor}`));
}

/** @param {string} onde */
function existe(onde) {
  return existsSync(join(RAIZ, onde));
}
