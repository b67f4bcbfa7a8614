/** A forma em que se comparam palavras curtas que uma pessoa digita ou procura. */

/** Um nome, que tem até 32 caracteres, cabe nisto em qualquer forma; um comando também. Em unidades UTF-16. */
const MAXIMO = 128;

/**
 * Quem digita não precisa acertar o acento nem a maiúscula: `Histórico` é `historico`.
 * @param texto de qualquer tamanho; num longo só se trocam as maiúsculas, porque ordenar marcas custa o quadrado delas
 */
export function semAcentos(texto: string): string {
  if (texto.length > MAXIMO) return texto.toLowerCase();
  return texto.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
