/** O que é um caractere, e quando um texto pode ser normalizado sem custar caro. */

/**
 * O maior encolhimento de NFC: quatro unidades UTF-16 viram uma (U+1F82, por exemplo, se decompõe em quatro). Um texto
 * com mais unidades que isto por caractere é longo demais qualquer que seja a sua forma.
 */
const UNIDADES_POR_CARACTERE = 4;

/** UAX #15, seção 13 (Stream-Safe): reordenar marcas custa o quadrado de quantas vêm seguidas. */
const PILHA_DE_MARCAS = /\p{M}{31}/u;

/** @returns se vêm mais de 30 marcas seguidas */
export function temPilhaDeMarcas(texto: string): boolean {
  return texto.length > 30 && PILHA_DE_MARCAS.test(texto);
}

/** @returns se o comprimento sem normalizar já diz que há mais caracteres que o máximo */
export function ehLongoDemais(texto: string, maximo: number): boolean {
  return texto.length > maximo * UNIDADES_POR_CARACTERE;
}

/**
 * Um caractere é um code point, contado depois de normalizar em NFC.
 * @param texto que não é longo demais nem tem pilha de marcas
 */
export function contarCaracteres(texto: string): number {
  let total = 0;
  for (const _ of texto.normalize('NFC')) total += 1;
  return total;
}
