/** As linhas da tabela. Uma vazão nunca vai sem a razão para o que se mediu ao lado dela, nem a mediana sem o pior caso. */

import type { Resumo } from './estatistica.ts';
import { razaoEntre, type Vazao } from './rodadas.ts';

export interface Meta {
  readonly de: 'valor' | 'razao';
  readonly tipo: 'minimo' | 'maximo';
  readonly limite: number;
}

export interface Linha {
  readonly medida: string;
  readonly valor: number;
  readonly unidade: string;
  /** O que se mediu ao lado, na mesma unidade. */
  readonly ao_lado?: number;
  readonly ao_lado_de?: string;
  readonly razao?: Resumo;
  readonly mediana_ms?: number;
  /** O pior caso: em ms, ou na unidade da linha quando não há `mediana_ms`. */
  readonly pior?: number | undefined;
  readonly meta?: Meta | undefined;
}

export function razaoMinima(limite: number): Meta {
  return { de: 'razao', tipo: 'minimo', limite };
}

export function razaoMaxima(limite: number): Meta {
  return { de: 'razao', tipo: 'maximo', limite };
}

export function valorMaximo(limite: number): Meta {
  return { de: 'valor', tipo: 'maximo', limite };
}

interface Extras {
  readonly meta?: Meta;
  readonly aoLadoDe?: string;
  readonly unidade?: string;
}

/** @returns a linha de uma vazão contra outra medida em vezes alternadas */
export function linhaDeVazao(
  medida: string,
  real: Vazao,
  aoLado: Vazao,
  { meta, aoLadoDe = 'servidor nu', unidade = '/s' }: Extras = {},
): Linha {
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
export function atingiu({ meta, valor, razao }: Linha): boolean | undefined {
  if (!meta) return undefined;
  const medido = meta.de === 'razao' ? (razao?.mediana ?? Number.NaN) : valor;
  return meta.tipo === 'minimo' ? medido >= meta.limite : medido <= meta.limite;
}
