/** Um valor numa linha de JSON que se pode pôr num terminal ou num log: lê-se como se escreveu, e nada nele comanda. */

/**
 * O que o JSON.stringify deixa cru, e um terminal obedeceria ou não mostraria: controles, formato e direção, separadores
 * de linha, uso privado, letras sem desenho. E as marcas que se pendurariam no que não é delas: a que começa um texto ou
 * vem depois de um espaço, e as que passam de quatro na mesma letra e invadem as linhas vizinhas.
 */
const NAO_SE_VE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]|(?<=["\s])\p{M}|(?<=\p{M}{4})\p{M}/gu;

/** @returns o JSON do valor, que se lê de volta igual, com o que não se vê em `\u`; `null` para o que JSON não diz */
export function emJson(valor: unknown): string {
  return (JSON.stringify(valor) ?? 'null').replace(NAO_SE_VE, emEscapes);
}

function emEscapes(caractere: string): string {
  const unidades = Array.from({ length: caractere.length }, (_, i) => caractere.charCodeAt(i));
  return unidades.map((unidade) => `\\u${unidade.toString(16).padStart(4, '0')}`).join('');
}
