/** Um cliente neste terminal. */

import { Falha } from '../falha.js';
import { MAIN_DO_CLIENTE } from '../lugares.js';
import { abrirNesteTerminal } from '../terminais/neste-terminal.js';
import { anotar, apagarAnotacao, nomeDoCliente } from './registro.js';

/**
 * @param {readonly string[]} argumentos
 * @param {NodeJS.ProcessEnv} ambiente
 * @returns {{ fim: Promise<number> }} o status de saída do cliente; num objeto, para que se espere por ele depois
 */
export function abrirCliente(argumentos, ambiente) {
  const { pid, fim } = abrirNesteTerminal([MAIN_DO_CLIENTE, ...argumentos], ambiente);
  if (pid === undefined) throw new Falha('não foi possível abrir o cliente');
  const nome = nomeDoCliente(pid);
  anotar(nome, { pid, main: MAIN_DO_CLIENTE, desde: new Date().toISOString(), lancador: process.pid });
  return { fim: fim.finally(() => apagarAnotacao(nome)) };
}
