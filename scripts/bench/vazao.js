/** Chamadas por segundo em circuito fechado: cada conexão pede, espera a resposta, pede de novo. */

import { performance } from 'node:perf_hooks';
import { abrirConexoes } from './http.js';

const MARCA_DE_ERRO = '"error":';

/**
 * Abre uma conexão por fonte, mede e fecha.
 * @param {object} carga
 * @param {number} carga.porta
 * @param {{ proximo: () => Buffer, aoResponder?: (corpo: Buffer) => void }[]} carga.fontes uma por conexão
 * @param {number} [carga.duracaoMs] até quando se pede
 * @param {number} [carga.chamadas] ou quantas se fazem ao todo
 * @returns {Promise<{ chamadas: number, porSegundo: number, latenciasMs: number[] }>}
 */
export async function medirVazao({ porta, fontes, duracaoMs = Number.POSITIVE_INFINITY, chamadas }) {
  const conexoes = await abrirConexoes(porta, fontes.length);
  try {
    return await medirEm(conexoes, { fontes, duracaoMs, chamadas });
  } finally {
    for (const conexao of conexoes) conexao.fechar();
  }
}

/** Como `medirVazao`, em conexões que já estão abertas e continuam assim. */
export function medirEm(conexoes, { fontes, duracaoMs = Number.POSITIVE_INFINITY, chamadas: maximo = Infinity }) {
  return new Promise((resolve, reject) => {
    const latenciasMs = [];
    const inicioMs = performance.now();
    let pedidas = 0;
    let ativas = conexoes.length;

    function terminar() {
      ativas -= 1;
      if (ativas > 0) return;
      const duracao = performance.now() - inicioMs;
      resolve({ chamadas: latenciasMs.length, porSegundo: (latenciasMs.length * 1000) / duracao, latenciasMs });
    }

    for (const [indice, conexao] of conexoes.entries()) {
      const { proximo, aoResponder } = fontes[indice];
      let desdeMs = inicioMs;
      const pedir = () => {
        if (pedidas >= maximo || desdeMs - inicioMs >= duracaoMs) return terminar();
        pedidas += 1;
        return conexao.pedir(proximo(), responder, reject);
      };
      const responder = (corpo) => {
        const agoraMs = performance.now();
        latenciasMs.push(agoraMs - desdeMs);
        desdeMs = agoraMs;
        if (corpo.includes(MARCA_DE_ERRO)) return reject(new Error(`o servidor recusou: ${corpo}`));
        aoResponder?.(corpo);
        return pedir();
      };
      pedir();
    }
  });
}

/** @returns uma fonte que pede sempre o mesmo, ou as chamadas dadas em roda */
export function fonteFixa(...chamadas) {
  let vez = -1;
  return {
    proximo: () => {
      vez = (vez + 1) % chamadas.length;
      return chamadas[vez];
    },
  };
}
