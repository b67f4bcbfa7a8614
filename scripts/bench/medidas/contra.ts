/** Este checkout contra outro: cada linha da tabela dos dois, medida em vezes alternadas na mesma execução. */

import { type Resumo, resumir } from './estatistica.ts';
import type { Linha } from './linhas.ts';
import { alinhar, emFaixa, medido } from './tabela.ts';

/** `pior` e `melhor` só quando as vezes de um lado e as do outro não se misturam. */
export type Veredito = 'melhor' | 'igual' | 'pior';

export interface Comparacao {
  readonly medida: string;
  /** Vazia quando o que se compara é uma razão. */
  readonly unidade: string;
  /** O que se comparou de cada lado, em cada vez: a razão para o que se mediu ao lado, ou o valor onde não há razão. */
  readonly este: Resumo;
  readonly outro: Resumo;
  /** Vez a vez, de modo que mais que 1 é melhor deste lado. */
  readonly razao: Resumo;
  readonly veredito: Veredito;
}

const COLUNAS = ['medida', 'este (de–até)', 'outro (de–até)', 'este/outro (de–até)', ''];
const DIREITA = new Set([1, 2, 3]);

/**
 * @param este as linhas de cada vez deste checkout
 * @param outro as do outro, na mesma ordem; a vez n de um rodou logo antes ou logo depois da vez n do outro
 * @returns uma comparação por medida que os dois têm em todas as vezes
 */
export function comparar(este: readonly (readonly Linha[])[], outro: readonly (readonly Linha[])[]): Comparacao[] {
  return (este[0] ?? []).flatMap(({ medida, unidade, razao, meta }): Comparacao[] => {
    const deste = comparaveis(este, medida);
    const doOutro = comparaveis(outro, medida);
    if (deste === undefined || doOutro === undefined) return [];
    const maisEMelhor = meta ? meta.tipo === 'minimo' : unidade.endsWith('/s');
    const razoes = deste.map((valor, vez) => {
      const vezes = valor / (doOutro[vez] ?? Number.NaN);
      return maisEMelhor ? vezes : 1 / vezes;
    });
    const resumos = { este: resumir(deste), outro: resumir(doOutro) };
    const veredito = julgar(resumos, maisEMelhor);
    return [{ medida, unidade: razao ? '' : unidade, ...resumos, razao: resumir(razoes), veredito }];
  });
}

/** @returns o que se compara de cada vez, ou `undefined` se numa delas a medida falta */
function comparaveis(vezes: readonly (readonly Linha[])[], medida: string): number[] | undefined {
  const valores = vezes.map((linhas) => {
    const linha = linhas.find((uma) => uma.medida === medida);
    return linha?.razao?.mediana ?? linha?.valor;
  });
  return valores.every((valor) => valor !== undefined) ? valores : undefined;
}

function julgar({ este, outro }: { readonly este: Resumo; readonly outro: Resumo }, maisEMelhor: boolean): Veredito {
  if (este.minimo > outro.maximo) return maisEMelhor ? 'melhor' : 'pior';
  if (este.maximo < outro.minimo) return maisEMelhor ? 'pior' : 'melhor';
  return 'igual';
}

/** @param partes nome da parte → as suas comparações */
export function montarComparacao(partes: ReadonlyMap<string, readonly Comparacao[]>): string {
  const grupos = new Map([...partes].map(([parte, comparacoes]) => [parte, comparacoes.map(celulas)]));
  return alinhar(COLUNAS, grupos, DIREITA);
}

function celulas({ medida, unidade, este, outro, razao, veredito }: Comparacao): string[] {
  const comUnidade = (resumo: Resumo) => {
    if (unidade === '') return emFaixa(resumo);
    return `${medido(resumo.mediana, unidade)} (${medido(resumo.minimo, '').trim()}–${medido(resumo.maximo, '').trim()})`;
  };
  return [
    medida,
    comUnidade(este),
    comUnidade(outro),
    emFaixa(razao),
    veredito === 'igual' ? '' : veredito.toUpperCase(),
  ];
}
