/** Programas num pseudoterminal de verdade: o que uma pessoa vê, e quando. */

import { performance } from 'node:perf_hooks';
import { setTimeout as pausar } from 'node:timers/promises';
import { ambienteLimpo } from './processos.js';

const COLUNAS = 100;
const LINHAS = 40;
const PRAZO_MS = 30_000;
const PASSO_MS = 1;
const PRAZO_DO_FIM_MS = 6_000;

/** A pergunta que o cliente faz primeiro. */
export const PRIMEIRA_PERGUNTA = /Digite seu nome/;

/**
 * Abre um programa num pseudoterminal.
 * @returns o que está na tela, como esperar por um texto, e como encerrar
 */
export async function abrirTerminal(abertos, programa, argumentos, { cwd, ambiente } = {}) {
  const { spawn } = await import('@lydell/node-pty');
  const desdeMs = performance.now();
  const pty = spawn(programa, argumentos, { cols: COLUNAS, rows: LINHAS, cwd, env: ambienteLimpo(ambiente) });
  let saida = '';
  let terminou = false;
  pty.onData((pedaco) => {
    saida += pedaco;
  });
  const fim = new Promise((resolve) => {
    pty.onExit(() => {
      terminou = true;
      resolve();
    });
  });

  /** @returns ms desde que o programa começou */
  const esperarPor = async (texto) => {
    for (const prazoMs = performance.now() + PRAZO_MS; !texto.test(saida); await pausar(PASSO_MS)) {
      if (terminou || performance.now() > prazoMs) throw new Error(`${texto} não apareceu na tela: ${saida}`);
    }
    return performance.now() - desdeMs;
  };
  const encerrar = async () => {
    if (terminou) return;
    pty.kill('SIGTERM');
    const insistir = setTimeout(() => pty.kill('SIGKILL'), PRAZO_DO_FIM_MS);
    await fim;
    clearTimeout(insistir);
  };
  abertos.add(encerrar);
  return { pid: pty.pid, saida: () => saida, esperarPor, encerrar, escrever: (texto) => pty.write(texto) };
}
