/** A janela, com um laboratório: um sistema só para olhar e quebrar, que acaba com ela. */

import { Falha } from '../falha.js';
import { MAIN_DA_JANELA } from '../lugares.js';
import { construirSeFalta } from '../preparo/construcao.js';
import { instalarSeFalta } from '../preparo/instalacao.js';
import { naMinhaVez } from '../processos/trava.js';
import { abrirNesteTerminal } from '../terminais/neste-terminal.js';

/** @returns {Promise<number>} o status de saída da janela */
export async function abrirJanela() {
  await naMinhaVez(async (vez) => {
    await instalarSeFalta(vez);
    await construirSeFalta(vez);
  });
  const { pid, fim } = abrirNesteTerminal([MAIN_DA_JANELA, '--laboratorio'], process.env);
  if (pid === undefined) throw new Falha('não foi possível abrir a janela');
  return fim;
}
