/** Um programa que toma este terminal até acabar; o lançador só espera por ele. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Chegam ao lançador quando alguém o encerra de fora; quem sabe terminar é o programa.
 * @type {readonly NodeJS.Signals[]}
 */
const SINAIS_REPASSADOS = ['SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * @param {readonly string[]} argumentos os do Node
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {{ pid: number | undefined, fim: Promise<number> }} o pid, que falta se ele não se abriu; o status de saída
 */
export function abrirNesteTerminal(argumentos, ambiente) {
  const filho = spawn(process.execPath, argumentos, { stdio: 'inherit', env: ambiente });
  // Ctrl+C chega aos dois: o programa encerra em ordem, e o lançador espera por ele.
  process.on('SIGINT', () => {});
  for (const sinal of SINAIS_REPASSADOS) process.on(sinal, () => filho.kill(sinal));
  const fim = new Promise((resolve) => {
    filho.on('exit', (status, sinal) => {
      resolve(sinal === null ? (status ?? 1) : 128 + constants.signals[sinal]);
    });
  });
  return { pid: filho.pid, fim };
}
