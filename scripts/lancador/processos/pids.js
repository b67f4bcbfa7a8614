/** Um pid sozinho não diz quem é: o sistema o dá a outro processo. Aqui se confere e se espera. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ate, PRAZO_PARA_TERMINAR_MS } from './prazos.js';

/**
 * @param {number} pid
 * @returns {boolean} se há um processo com este pid; um zumbi já terminou, só não foi recolhido
 */
export function estaVivo(pid) {
  try {
    process.kill(pid, 0);
  } catch (erro) {
    return erro instanceof Error && 'code' in erro && erro.code === 'EPERM';
  }
  return !ehZumbi(pid);
}

/** @param {number} pid */
function ehZumbi(pid) {
  if (process.platform !== 'linux') return false;
  try {
    const situacao = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // O nome do programa, entre parênteses, pode conter espaços e parênteses.
    return situacao.slice(situacao.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

/**
 * @param {number} pid
 * @param {string} arquivo
 * @returns {boolean} se o processo deste pid está vivo e roda este arquivo
 */
export function roda(pid, arquivo) {
  if (!Number.isInteger(pid) || pid <= 0 || !estaVivo(pid)) return false;
  const linha = linhaDeComando(pid);
  return pedacosEmAscii(arquivo).every((pedaco) => linha.includes(pedaco));
}

/**
 * Nem o ps nem o PowerShell devolvem inteiros os acentos de um caminho.
 * @param {string} texto
 */
function pedacosEmAscii(texto) {
  return texto.split(/[^ -~]+/);
}

/** @type {Partial<Record<NodeJS.Platform, (pid: number) => string>>} */
const CONSULTAS = {
  linux: (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
  win32: (pid) =>
    executar('powershell.exe', [
      '-NoProfile',
      '-Command',
      `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
    ]),
};

/** @param {number} pid */
function linhaDeComando(pid) {
  try {
    return (CONSULTAS[process.platform] ?? comPs)(pid);
  } catch {
    return '';
  }
}

/** @param {number} pid */
function comPs(pid) {
  return executar('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
}

/**
 * @param {string} programa
 * @param {readonly string[]} argumentos
 */
function executar(programa, argumentos) {
  return execFileSync(programa, argumentos, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
    timeout: 10_000,
  });
}

/**
 * Pede o fim e espera por ele; à força só depois do prazo.
 * No Windows não há sinais: o processo termina de imediato, sem se despedir do binder, e o lease dele vence sozinho.
 * @param {number} pid
 * @returns {Promise<'terminou' | 'forcado' | 'ficou'>}
 */
export async function terminar(pid) {
  sinalizar(pid, 'SIGTERM');
  acordar(pid);
  if (await ate(PRAZO_PARA_TERMINAR_MS, () => !estaVivo(pid))) return 'terminou';
  sinalizar(pid, 'SIGKILL');
  return (await ate(PRAZO_PARA_TERMINAR_MS, () => !estaVivo(pid))) ? 'forcado' : 'ficou';
}

/**
 * Quem está suspenso (Ctrl+Z) só recebe os outros sinais depois deste.
 * @param {number} pid
 */
export function acordar(pid) {
  sinalizar(pid, 'SIGCONT');
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} sinal
 */
function sinalizar(pid, sinal) {
  try {
    process.kill(pid, sinal);
  } catch {
    // Terminou entre a conferência e o sinal, ou não é nosso: quem espera pelo fim o dirá.
  }
}
