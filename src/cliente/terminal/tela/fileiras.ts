/**
 * Um texto → as fileiras que ele ocupa numa janela. A conta é nossa, não do terminal: assim se sabe onde cada uma começa.
 * Um `\n` acaba uma fileira: só quem mostra o põe, porque o que outra pessoa escolheu já veio sem nenhum.
 */

import { caracteres } from './largura.ts';
import { fecharLinks } from './links.ts';
import { emColunas, type Lista } from './lista.ts';

/** Um trecho que cabe numa fileira. */
export interface Fileira {
  readonly texto: string;
  /** Colunas que ocupa, com o recuo. */
  readonly colunas: number;
}

/** As cores e os links que o texto traz não ocupam lugar, e continuam na fileira seguinte. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const SEM_LUGAR = /(\u001b\[[\d;]*m|\u001b\]8;[^\u001b]*\u001b\\)/;

/**
 * Parte na última coluna que cabe, sem separar um caractere.
 * @param recuo em colunas, de cada fileira depois da primeira
 */
export function partir(texto: string, colunas: number, recuo = 0): Fileira[] {
  const fileiras: Fileira[] = [];
  let atual = '';
  let ocupadas = 0;
  for (const [indice, trecho] of texto.split(SEM_LUGAR).entries()) {
    if (indice % 2 === 1) {
      atual += trecho;
      continue;
    }
    for (const [caractere, largura] of caracteres(trecho)) {
      const quebra = caractere === '\n';
      if (quebra || (ocupadas + largura > colunas && ocupadas > (fileiras.length > 0 ? recuo : 0))) {
        fileiras.push({ texto: atual, colunas: ocupadas });
        atual = ' '.repeat(recuo);
        ocupadas = recuo;
      }
      if (quebra) continue;
      atual += caractere;
      ocupadas += largura;
    }
  }
  fileiras.push({ texto: atual, colunas: ocupadas });
  return fileiras;
}

/** Até onde uma fileira pode ir sem partir a palavra que vem depois. */
interface Corte {
  /** Em unidades UTF-16, no texto da fileira. */
  readonly onde: number;
  readonly colunas: number;
}

/**
 * Parte entre palavras: só a que não cabe numa fileira se parte onde for. O espaço fica no fim da fileira.
 * @param recuo em colunas, de cada fileira depois da primeira
 */
export function partirEmPalavras(texto: string, colunas: number, recuo: number): Fileira[] {
  const fileiras: Fileira[] = [];
  let atual = '';
  let ocupadas = 0;
  let corte: Corte | undefined;

  function quebrar(largura: number): void {
    const resto = corte && recuo + ocupadas - corte.colunas + largura <= colunas ? atual.slice(corte.onde) : undefined;
    const fim = resto === undefined || !corte ? { onde: atual.length, colunas: ocupadas } : corte;
    fileiras.push({ texto: atual.slice(0, fim.onde), colunas: fim.colunas });
    atual = ' '.repeat(recuo) + (resto ?? '');
    ocupadas = recuo + ocupadas - fim.colunas;
    corte = undefined;
  }

  function acabar(): void {
    fileiras.push({ texto: atual, colunas: ocupadas });
    atual = ' '.repeat(recuo);
    ocupadas = recuo;
    corte = undefined;
  }

  for (const [indice, trecho] of texto.split(SEM_LUGAR).entries()) {
    if (indice % 2 === 1) {
      atual += trecho;
      continue;
    }
    for (const [caractere, largura] of caracteres(trecho)) {
      if (caractere === '\n') {
        acabar();
        continue;
      }
      const comeco = fileiras.length > 0 ? recuo : 0;
      if (ocupadas + largura > colunas && ocupadas > comeco) quebrar(largura);
      atual += caractere;
      ocupadas += largura;
      if (caractere === ' ') corte = { onde: atual.length, colunas: ocupadas };
    }
  }
  fileiras.push({ texto: atual, colunas: ocupadas });
  return fileiras;
}

const RECUO = 4;

/** Uma linha a mostrar: pode ocupar várias fileiras. */
export interface Linha {
  /** Já sem nada que um terminal obedeceria; um `\n` começa outra fileira. */
  readonly texto: string;
  /** Em que coluna continuam as fileiras seguintes, se a janela o permite; sem isto, as que o `recuoNa` diz. */
  readonly recuo?: number;
}

/** Uma lista a mostrar, em colunas. */
export interface ListaMostrada {
  readonly lista: Lista;
  /** Aplicado a cada fileira inteira; não muda quanto ela ocupa. */
  readonly pintar: (texto: string) => string;
}

/** Mais que esta parte da janela em branco não deixa lugar ao texto. */
const PARTE_DO_RECUO = 3;

/** @returns o que se escreve no terminal, já com as quebras */
export function emFileiras(linha: string | Linha | ListaMostrada, colunas: number): string {
  if (typeof linha === 'object' && 'lista' in linha) {
    const { lista, pintar } = linha;
    const fileiras = emColunas(lista, colunas).flatMap(({ texto }) => partir(texto, colunas, recuoNa(colunas)));
    return fileiras.map(({ texto }) => `${pintar(texto)}\r\n`).join('');
  }
  const { texto, recuo = 0 } = typeof linha === 'string' ? { texto: linha } : linha;
  const cabe = recuo > 0 && recuo * PARTE_DO_RECUO <= colunas;
  const fileiras = partirEmPalavras(texto, colunas, cabe ? recuo : recuoNa(colunas));
  return fecharLinks(fileiras.map((fileira) => fileira.texto))
    .map((fileira) => `${fileira}\r\n`)
    .join('');
}

/**
 * Quanto recuar a continuação de uma linha. Nunca nada: um texto que outra pessoa escolheu, com espaços até a margem,
 * pareceria outra linha, de outra pessoa.
 * @param colunas largura da janela; só numa de uma coluna não há onde recuar
 */
export function recuoNa(colunas: number): number {
  return Math.min(RECUO, Math.max(Math.floor(colunas / 4), Math.min(1, colunas - 1)));
}
