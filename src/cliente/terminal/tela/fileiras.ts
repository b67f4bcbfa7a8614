/** Um texto → as fileiras que ele ocupa numa janela. A conta é nossa, não do terminal: assim se sabe onde cada uma começa. */

import { caracteres } from './largura.ts';

/** Um trecho que cabe numa fileira. */
export interface Fileira {
  readonly texto: string;
  /** Colunas que ocupa, com o recuo. */
  readonly colunas: number;
}

/** As cores que o texto traz não ocupam lugar, e continuam na fileira seguinte. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const COR = /(\u001b\[[\d;]*m)/;

/**
 * Parte na última coluna que cabe, sem separar um caractere.
 * @param recuo em colunas, de cada fileira depois da primeira
 */
export function partir(texto: string, colunas: number, recuo = 0): Fileira[] {
  const fileiras: Fileira[] = [];
  let atual = '';
  let ocupadas = 0;
  for (const [indice, trecho] of texto.split(COR).entries()) {
    if (indice % 2 === 1) {
      atual += trecho;
      continue;
    }
    for (const [caractere, largura] of caracteres(trecho)) {
      if (ocupadas + largura > colunas && ocupadas > (fileiras.length > 0 ? recuo : 0)) {
        fileiras.push({ texto: atual, colunas: ocupadas });
        atual = ' '.repeat(recuo);
        ocupadas = recuo;
      }
      atual += caractere;
      ocupadas += largura;
    }
  }
  fileiras.push({ texto: atual, colunas: ocupadas });
  return fileiras;
}

const RECUO = 4;

/**
 * Quanto recuar a continuação de uma linha. Nunca nada: um texto que outra pessoa escolheu, com espaços até a margem,
 * pareceria outra linha, de outra pessoa.
 * @param colunas largura da janela; só numa de uma coluna não há onde recuar
 */
export function recuoNa(colunas: number): number {
  return Math.min(RECUO, Math.max(Math.floor(colunas / 4), Math.min(1, colunas - 1)));
}
