/** Uma lista → as fileiras em que se mostra: em colunas, e nunca mais que seis, com quantas há. Pura. */

import { largura } from './largura.ts';

/** O que se escolhe, ou só se olha, entre muitos. */
export interface Lista {
  /** Já sem nada que um terminal obedeceria. */
  readonly itens: readonly string[];
  /** Quantos há, se os itens são só os que servem. */
  readonly total?: number;
  /** O que está marcado, e tem de se ver. */
  readonly escolhido?: number | undefined;
  /** Se as colunas se enchem por igual; senão, uma só depois de a outra estar cheia. */
  readonly baixa?: boolean;
}

export interface FileiraDaLista {
  readonly texto: string;
  /** Onde o marcado está no texto, em unidades UTF-16. */
  readonly escolhido?: { readonly comeco: number; readonly fim: number };
}

const MAXIMO_DE_FILEIRAS = 6;
const MARCA = '> ';
const SEM_MARCA = '  ';
const ENTRE_COLUNAS = 2;

/** @param colunas largura da janela */
export function emColunas(lista: Lista, colunas: number): FileiraDaLista[] {
  const { itens, total = itens.length, escolhido, baixa = false } = lista;
  const maior = Math.max(0, ...itens.map(largura));
  const largo = SEM_MARCA.length + maior + ENTRE_COLUNAS;
  const cabem = Math.max(1, Math.floor((colunas + ENTRE_COLUNAS) / largo));
  const altura = Math.min(MAXIMO_DE_FILEIRAS, baixa ? Math.ceil(itens.length / cabem) : itens.length);
  const lugares = altura * cabem;
  // O marcado é sempre um dos que se veem.
  const primeiro = Math.max(0, Math.min((escolhido ?? 0) - lugares + 1, itens.length - lugares));
  const visiveis = itens.slice(primeiro, primeiro + lugares);
  const fileiras = Array.from({ length: altura }, (_, fileira) => {
    const indices = visiveis.map((_item, indice) => indice).filter((indice) => indice % altura === fileira);
    return montar(indices, visiveis, escolhido === undefined ? undefined : escolhido - primeiro, largo);
  });
  return visiveis.length < total ? [...fileiras, { texto: `${SEM_MARCA}${visiveis.length} de ${total}` }] : fileiras;
}

function montar(
  indices: readonly number[],
  itens: readonly string[],
  escolhido: number | undefined,
  largo: number,
): FileiraDaLista {
  let texto = '';
  let marcado: FileiraDaLista['escolhido'];
  for (const [coluna, indice] of indices.entries()) {
    const item = itens[indice] ?? '';
    const comeco = texto.length;
    texto += (indice === escolhido ? MARCA : SEM_MARCA) + item;
    if (indice === escolhido) marcado = { comeco, fim: texto.length };
    if (coluna < indices.length - 1) texto += ' '.repeat(largo - SEM_MARCA.length - largura(item));
  }
  return marcado ? { texto, escolhido: marcado } : { texto };
}
