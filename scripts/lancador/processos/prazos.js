/** As esperas do lançador, todas com um limite: nada aqui dorme por um tempo fixo antes de seguir. */

import { setTimeout as pausar } from 'node:timers/promises';

const INTERVALO_MS = 25;

/** Instalar, construir e esperar a vez podem levar o tempo de uma rede lenta. */
export const PRAZO_DA_VEZ_MS = 600_000;

/** Iniciar dois processos numa máquina ocupada. */
export const PRAZO_PARA_SERVIR_MS = 30_000;

/** O contrato dá 5 s a um processo para terminar em ordem. */
export const PRAZO_PARA_TERMINAR_MS = 6_000;

/**
 * @template T
 * @param {number} prazoMs
 * @param {() => T | Promise<T>} condicao
 * @returns {Promise<T | undefined>} o primeiro valor verdadeiro; `undefined` se o prazo passou antes
 */
export async function ate(prazoMs, condicao) {
  const fim = performance.now() + prazoMs;
  for (;;) {
    const valor = await condicao();
    if (valor) return valor;
    if (performance.now() >= fim) return undefined;
    await pausar(INTERVALO_MS);
  }
}
