/** O único lugar que sabe quantas colunas um texto ocupa, e como ele se parte em caracteres como a pessoa os vê. */

import colunasDe from 'string-width';

/** Uma coluna por unidade: o caso de quase toda linha. */
const SIMPLES = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff]*$/;

const MARCA_COM_ESPACO = /^\p{Mc}$/u;

/** O motor leva uns 10 ms a aprontá-lo: só o paga quem mostra mais que letras latinas. */
let segmentador: Intl.Segmenter | undefined;

function segmentar(texto: string): Intl.Segments {
  segmentador ??= new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });
  return segmentador.segment(texto);
}

/** @returns cada caractere como a pessoa o vê, com as suas colunas */
export function* caracteres(texto: string): Generator<readonly [caractere: string, colunas: number]> {
  if (SIMPLES.test(texto)) {
    for (const caractere of texto) yield [caractere, 1];
    return;
  }
  for (const { segment } of segmentar(texto)) yield [segment, colunasDoCaractere(segment)];
}

export function largura(texto: string): number {
  if (SIMPLES.test(texto)) return texto.length;
  let total = 0;
  for (const [, colunas] of caracteres(texto)) total += colunas;
  return total;
}

/** Onde começa o caractere que está antes de uma posição, em unidades UTF-16. */
export function comecoDoAnterior(texto: string, posicao: number): number {
  return posicao <= 0 ? 0 : (segmentar(texto).containing(posicao - 1)?.index ?? 0);
}

/** Onde acaba o caractere que está depois de uma posição, em unidades UTF-16. */
export function fimDoSeguinte(texto: string, posicao: number): number {
  const seguinte = segmentar(texto).containing(posicao);
  return seguinte ? seguinte.index + seguinte.segment.length : texto.length;
}

/**
 * Os terminais não concordam: uns juntam um emoji composto em duas colunas, outros mostram cada um dos seus; uns dão uma
 * coluna à vogal de uma sílaba do tailandês ou do hindi, outros não. Conta-se a maior das medidas, porque uma fileira mais
 * curta não esconde nada, e o que passa da margem some.
 */
function colunasDoCaractere(caractere: string): number {
  if (SIMPLES.test(caractere)) return caractere.length;
  let soma = 0;
  for (const parte of caractere) soma += MARCA_COM_ESPACO.test(parte) ? 1 : colunasDe(parte);
  return Math.max(colunasDe(caractere), soma);
}
