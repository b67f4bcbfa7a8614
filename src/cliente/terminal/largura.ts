/** Quantas colunas um texto ocupa no terminal, e como se parte em caracteres que não se separam. */

/** Uma coluna por unidade: o caso de quase toda linha. */
const SIMPLES = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff]*$/;

const SO_MARCAS = /^\p{M}+$/u;

/** Escritas largas e formas de largura inteira (Unicode TR 11); as de meia largura, não. */
const ESCRITA_LARGA = String.raw`(?![\uff61-\uffdc\uffe8-\uffee])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]`;

/** O motor leva uns 10 ms a aprontar cada um: só o paga quem mostra mais que letras latinas. */
let largo: RegExp | undefined;
let segmentador: Intl.Segmenter | undefined;

/** @returns cada caractere como a pessoa o vê, com as suas colunas */
export function* caracteres(texto: string): Generator<readonly [caractere: string, colunas: number]> {
  if (SIMPLES.test(texto)) {
    for (const caractere of texto) yield [caractere, 1];
    return;
  }
  segmentador ??= new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });
  for (const { segment } of segmentador.segment(texto)) yield [segment, colunasDoCaractere(segment)];
}

export function largura(texto: string): number {
  if (SIMPLES.test(texto)) return texto.length;
  let total = 0;
  for (const [, colunas] of caracteres(texto)) total += colunas;
  return total;
}

function colunasDoCaractere(caractere: string): number {
  if (SO_MARCAS.test(caractere)) return 0;
  largo ??= new RegExp(String.raw`^(?:${ESCRITA_LARGA}|\p{RGI_Emoji})`, 'v');
  return largo.test(caractere) ? 2 : 1;
}
