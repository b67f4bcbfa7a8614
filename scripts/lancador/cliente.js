/** Um cliente neste terminal. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Falha } from './falha.js';
import { MAIN_DO_CLIENTE } from './lugares.js';
import { anotar, apagarAnotacao, nomeDoCliente } from './registro.js';

/**
 * Chegam ao lançador quando alguém o encerra de fora; quem sabe terminar é o cliente.
 * @type {readonly NodeJS.Signals[]}
 */
const SINAIS_REPASSADOS = ['SIGTERM', 'SIGHUP'];

/**
 * @param {readonly string[]} argumentos
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {{ fim: Promise<number> }} o status de saída do cliente; num objeto, para que se espere por ele depois
 */
export function abrirCliente(argumentos, ambiente) {
  const filho = spawn(process.execPath, [MAIN_DO_CLIENTE, ...argumentos], { stdio: 'inherit', env: ambiente });
  // Ctrl+C chega aos dois: o cliente se despede, e o lançador espera por ele.
  process.on('SIGINT', () => {});
  for (const sinal of SINAIS_REPASSADOS) process.on(sinal, () => filho.kill(sinal));
  if (filho.pid === undefined) throw new Falha('não foi possível abrir o cliente');
  const nome = nomeDoCliente(filho.pid);
  anotar(nome, {
    pid: filho.pid,
    main: MAIN_DO_CLIENTE,
    desde: new Date().toISOString(),
    lancador: process.pid,
  });
  const fim = new Promise((resolve) => {
    filho.on('exit', (status, sinal) => {
      apagarAnotacao(nome);
      resolve(sinal === null ? (status ?? 1) : 128 + constants.signals[sinal]);
    });
  });
  return { fim };
}
