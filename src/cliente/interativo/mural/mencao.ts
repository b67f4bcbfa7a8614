/** Se uma mensagem chama quem a lê pelo nome. Puro. */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';

const LETRA = String.raw`[\p{L}\p{M}\p{Nd}]`;
const PALAVRAS = new RegExp(`(${LETRA}+)`, 'u');
const COMECA_EM_LETRA = new RegExp(`^${LETRA}`, 'u');

/**
 * O nome por inteiro: `Ana` não é chamada em `Anapolis`.
 * @param conteudo de qualquer tamanho
 */
export function menciona(conteudo: string, nome: string): boolean {
  const texto = emPalavrasComparaveis(conteudo);
  const chave = nomeComparavel(nome);
  for (let onde = texto.indexOf(chave); onde >= 0; onde = texto.indexOf(chave, onde + 1)) {
    const fim = onde + chave.length;
    // Um caractere tem até duas unidades UTF-16. O último se tira à mão: no Node 26, `/[\p{L}]$/u` não
    // reconhece um caractere de duas unidades.
    const antes = [...texto.slice(Math.max(0, onde - 2), onde)].at(-1) ?? '';
    if (!COMECA_EM_LETRA.test(antes) && !COMECA_EM_LETRA.test(texto.slice(fim, fim + 2))) return true;
  }
  return false;
}

/** Palavra por palavra: a mensagem inteira é longa demais para `nomeComparavel`, que a devolveria como veio. */
function emPalavrasComparaveis(texto: string): string {
  return texto.split(PALAVRAS).map(nomeComparavel).join('');
}
