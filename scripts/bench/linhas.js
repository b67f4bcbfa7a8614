/**
 * Uma linha da tabela. Uma vazão nunca vai sem a razão para o que se mediu ao lado dela, nem a mediana sem o pior caso.
 * @typedef {object} Linha
 * @property {string} medida
 * @property {number} valor
 * @property {string} unidade
 * @property {number} [ao_lado] o que se mediu ao lado, na mesma unidade
 * @property {string} [ao_lado_de] o que é
 * @property {{ mediana: number, minimo: number, maximo: number }} [razao]
 * @property {number} [mediana_ms]
 * @property {number} [pior] o pior caso; em ms, ou na unidade da linha quando não há mediana_ms
 * @property {Meta} [meta]
 *
 * @typedef {object} Meta
 * @property {'valor' | 'razao'} de
 * @property {'minimo' | 'maximo'} tipo
 * @property {number} limite
 */

import { razaoEntre } from './rodadas.js';

export function razaoMinima(limite) {
  return { de: 'razao', tipo: 'minimo', limite };
}

export function valorMaximo(limite) {
  return { de: 'valor', tipo: 'maximo', limite };
}

/** @returns a linha de uma vazão contra outra medida em vezes alternadas */
export function linhaDeVazao(medida, real, aoLado, { meta, aoLadoDe = 'servidor nu', unidade = '/s' } = {}) {
  return {
    medida,
    valor: real.porSegundo,
    unidade,
    ao_lado: aoLado.porSegundo,
    ao_lado_de: aoLadoDe,
    razao: razaoEntre(real, aoLado),
    mediana_ms: real.medianaMs,
    pior: real.piorMs,
    meta,
  };
}

/** @returns se a meta foi atingida; `undefined` quando não há meta */
export function atingiu({ meta, valor, razao }) {
  if (!meta) return undefined;
  const medido = meta.de === 'razao' ? razao.mediana : valor;
  return meta.tipo === 'minimo' ? medido >= meta.limite : medido <= meta.limite;
}
