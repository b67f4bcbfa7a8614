/** Roda um passo do preparo (o npm, a construção) calado: a saída só aparece se ele falhar. */

import { spawn } from 'node:child_process';
import { Falha } from '../falha.js';
import { RAIZ } from '../lugares.js';

/** De cada ponta: o npm diz o motivo no começo, um compilador diz o total no fim. */
const LINHAS_MOSTRADAS = 20;

/**
 * @param {import('../processos/trava.js').Vez} vez
 * @param {object} passo
 * @param {string} passo.nome como a falha o chama
 * @param {string} passo.programa
 * @param {string[]} passo.argumentos
 * @param {boolean} [passo.shell]
 * @param {string} passo.marca o que a linha de comando dele contém
 */
export async function rodarPasso(vez, { nome, programa, argumentos, shell = false, marca }) {
  const filho = spawn(programa, argumentos, { cwd: RAIZ, shell, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  const sair = filho.pid === undefined ? () => {} : vez.incluir(filho.pid, marca);
  let saida = '';
  for (const fluxo of [filho.stdout, filho.stderr]) {
    fluxo.setEncoding('utf8').on('data', (pedaco) => {
      saida += pedaco;
    });
  }
  try {
    const fim = await new Promise((resolve, reject) => {
      filho.on('error', reject);
      filho.on('close', (status, sinal) => resolve(status ?? sinal));
    });
    if (fim !== 0) throw new Falha(`${nome} falhou (${fim}):\n${pontas(saida)}`);
  } catch (erro) {
    const falta = erro instanceof Error && 'code' in erro && erro.code === 'ENOENT';
    if (falta) throw new Falha(`o comando ${programa} não foi encontrado; ele vem com o Node.js`);
    throw erro;
  } finally {
    sair();
  }
}

/** @param {string} texto */
function pontas(texto) {
  const linhas = texto.trimEnd().split('\n');
  if (linhas.length <= LINHAS_MOSTRADAS * 2) return recuar(linhas);
  return recuar([...linhas.slice(0, LINHAS_MOSTRADAS), '[…]', ...linhas.slice(-LINHAS_MOSTRADAS)]);
}

/**
 * @param {string} texto
 * @param {number} quantas linhas
 * @returns {string} o fim de um texto, recuado
 */
export function ultimasLinhas(texto, quantas) {
  return recuar(texto.trimEnd().split('\n').slice(-quantas));
}

/** @param {readonly string[]} linhas */
function recuar(linhas) {
  return linhas.map((linha) => `  ${linha.trimEnd()}`).join('\n');
}
