/** Um quadro → as fileiras que ele ocupa numa janela: puro, sem terminal. */

import { caracteres } from './largura.ts';

/** Uma linha lógica: pode ocupar várias fileiras. Já sem nada que um terminal obedeceria. */
export interface LinhaDoQuadro {
  readonly texto: string;
  /** Aplicado a cada fileira inteira; não muda quanto ela ocupa. */
  readonly pintar?: ((texto: string) => string) | undefined;
}

/** O que fica no fim da tela enquanto algo se pergunta. */
export interface Quadro {
  readonly linhas: readonly LinhaDoQuadro[];
  /** O cursor fica depois de `antes` (o começo do texto da linha); sem ele, some. */
  readonly cursor?: { readonly linha: number; readonly antes: string } | undefined;
}

export interface Disposicao {
  /** Já pintadas. */
  readonly fileiras: readonly string[];
  /** Onde está o cursor na primeira fileira; `undefined` se some, ou se está em outra, e então vai pintado nela. */
  readonly coluna: number | undefined;
}

/** Um trecho que cabe numa fileira. */
interface Parte {
  readonly texto: string;
  /** Colunas que ocupa. */
  readonly colunas: number;
}

interface Posicao {
  readonly fileira: number;
  readonly coluna: number;
}

/** Vídeo inverso: não é cor, e por isso não depende de haver cores. */
const INVERSO = '\u001b[7m';
const SEM_INVERSO = '\u001b[27m';

/**
 * @param colunas largura da janela
 * @param alturaMaxima fileiras que cabem; o que passa é cortado longe do cursor
 */
export function dispor({ linhas, cursor }: Quadro, colunas: number, alturaMaxima: number): Disposicao {
  const fileiras: string[] = [];
  let posicao: Posicao | undefined;
  linhas.forEach(({ texto, pintar = (mesmo) => mesmo }, indice) => {
    const partes = partir(texto, colunas).map((parte) => parte.texto);
    if (cursor?.linha === indice) {
      const naLinha = posicaoDe(cursor.antes, colunas);
      while (partes.length <= naLinha.fileira) partes.push('');
      posicao = { ...naLinha, fileira: fileiras.length + naLinha.fileira };
      if (posicao.fileira > 0) partes[naLinha.fileira] = comCursor(partes[naLinha.fileira] as string, naLinha.coluna);
    }
    fileiras.push(...partes.map(pintar));
  });
  return {
    fileiras: cortar(fileiras, posicao?.fileira ?? 0, Math.max(1, alturaMaxima)),
    coluna: posicao?.fileira === 0 ? posicao.coluna : undefined,
  };
}

/** Parte na última coluna que cabe: a contagem é nossa, não do terminal. */
function partir(texto: string, colunas: number): Parte[] {
  const partes: Parte[] = [];
  let atual = '';
  let ocupadas = 0;
  for (const [caractere, largura] of caracteres(texto)) {
    if (ocupadas + largura > colunas && ocupadas > 0) {
      partes.push({ texto: atual, colunas: ocupadas });
      atual = '';
      ocupadas = 0;
    }
    atual += caractere;
    ocupadas += largura;
  }
  partes.push({ texto: atual, colunas: ocupadas });
  return partes;
}

/** Onde fica o cursor depois de um texto; no fim de uma fileira cheia, já está na seguinte. */
function posicaoDe(antes: string, colunas: number): Posicao {
  const partes = partir(antes, colunas);
  const ocupadas = partes.at(-1)?.colunas ?? 0;
  return ocupadas >= colunas ? { fileira: partes.length, coluna: 0 } : { fileira: partes.length - 1, coluna: ocupadas };
}

/** O caractere sob o cursor em vídeo inverso; no fim do texto, um espaço. */
function comCursor(texto: string, coluna: number): string {
  let antes = '';
  let ocupadas = 0;
  for (const [caractere, largura] of caracteres(texto)) {
    if (ocupadas >= coluna && largura > 0) {
      return antes + INVERSO + caractere + SEM_INVERSO + texto.slice(antes.length + caractere.length);
    }
    antes += caractere;
    ocupadas += largura;
  }
  return `${texto}${INVERSO} ${SEM_INVERSO}`;
}

function cortar(fileiras: readonly string[], alvo: number, altura: number): readonly string[] {
  if (fileiras.length <= altura) return fileiras;
  const primeira = Math.min(Math.max(0, alvo - altura + 1), fileiras.length - altura);
  return fileiras.slice(primeira, primeira + altura);
}
