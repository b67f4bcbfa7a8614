/**
 * Carregado dentro de um processo medido (`node --import`): conta por quanto tempo o event loop dele ficou preso.
 * O produto não sabe que isto existe; as perguntas chegam por IPC.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUCAO_MS = 1;
const NS_POR_MS = 1e6;

const histograma = monitorEventLoopDelay({ resolution: RESOLUCAO_MS });
histograma.enable();

process.on('message', (pergunta) => {
  if (pergunta === 'zerar') histograma.reset();
  // O histograma conta o intervalo inteiro entre dois passos do timer, não só o atraso.
  const maximoMs = histograma.count > 0 ? Math.max(0, histograma.max / NS_POR_MS - RESOLUCAO_MS) : 0;
  process.send?.({ maximoMs });
});
process.channel?.unref();
