/** A contra B, em vezes alternadas na mesma execução: só a razão entre os dois se pode citar. */

import { maior, mediana, resumir } from './estatistica.js';

/**
 * @typedef {() => Promise<{ porSegundo: number, latenciasMs: number[], porChamada?: number }>} Medida
 */

/**
 * Mede os concorrentes em roda (A B C A B C…), com uma volta antes que não conta.
 * @param {Record<string, Medida>} concorrentes
 * @param {number} rodadas
 * @returns para cada um: as vazões de cada rodada, a latência mediana e a pior chamada
 */
export async function alternar(concorrentes, rodadas) {
  const medidas = Object.fromEntries(Object.keys(concorrentes).map((nome) => [nome, []]));
  for (let rodada = -1; rodada < rodadas; rodada += 1) {
    for (const [nome, medir] of Object.entries(concorrentes)) {
      const medida = await medir(rodada);
      if (rodada >= 0) medidas[nome].push(medida);
    }
  }
  return Object.fromEntries(Object.entries(medidas).map(([nome, lista]) => [nome, resumirMedidas(lista)]));
}

function resumirMedidas(lista) {
  const latenciasMs = lista.flatMap((medida) => medida.latenciasMs);
  return {
    vazoes: lista.map(({ porSegundo }) => porSegundo),
    porSegundo: mediana(lista.map(({ porSegundo }) => porSegundo)),
    medianaMs: mediana(latenciasMs),
    piorMs: maior(latenciasMs),
  };
}

/** @returns mediana, mínimo e máximo da razão, rodada a rodada */
export function razaoEntre(um, outro) {
  return resumir(um.vazoes.map((vazao, rodada) => vazao / outro.vazoes[rodada]));
}
