/** A janela, com um laboratório: um sistema só para olhar e quebrar, que acaba com ela. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { construirSeFalta } from './construcao.js';
import { instalarSeFalta } from './instalacao.js';
import { MAIN_DA_JANELA } from './lugares.js';
import { naMinhaVez } from './trava.js';

/** @type {readonly NodeJS.Signals[]} */
const SINAIS_REPASSADOS = ['SIGTERM', 'SIGHUP'];

/** @returns {Promise<number>} o status de saída da janela */
export async function abrirJanela() {
  await naMinhaVez(async (vez) => {
    await instalarSeFalta(vez);
    await construirSeFalta(vez);
  });
  const filho = spawn(process.execPath, [MAIN_DA_JANELA, '--laboratorio'], { stdio: 'inherit' });
  // Ctrl+C chega aos dois: a janela encerra os seus em ordem, e o lançador espera por ela.
  process.on('SIGINT', () => {});
  for (const sinal of SINAIS_REPASSADOS) process.on(sinal, () => filho.kill(sinal));
  return new Promise((resolve, reject) => {
    filho.on('error', reject);
    filho.on('exit', (status, sinal) => {
      resolve(sinal === null ? (status ?? 1) : 128 + constants.signals[sinal]);
    });
  });
}
