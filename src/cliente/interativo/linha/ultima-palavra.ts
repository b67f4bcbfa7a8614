/**
 * Procura do fim para o começo: um `/\S*$/` tentaria de cada caractere, e uma colagem enorme custaria o quadrado deles.
 * @returns onde começa a palavra com que o texto acaba, em unidades UTF-16; o comprimento dele se acaba em espaço
 */
export function comecoDaUltimaPalavra(texto: string): number {
  let onde = texto.length;
  while (onde > 0 && /\S/.test(texto[onde - 1] as string)) onde -= 1;
  return onde;
}
