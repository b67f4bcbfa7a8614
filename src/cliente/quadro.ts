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

export interface Fileira {
  readonly texto: string;
  /** Colunas que ocupa. */
  readonly colunas: number;
}

export interface Disposicao {
  readonly fileiras: readonly Fileira[];
  readonly cursor: { readonly fileira: number; readonly coluna: number } | undefined;
}

/**
 * @param colunas largura da janela
 * @param alturaMaxima fileiras que cabem; o que passa é cortado longe do cursor
 */
export function dispor({ linhas, cursor }: Quadro, colunas: number, alturaMaxima: number): Disposicao {
  const fileiras: Fileira[] = [];
  let posicao: { fileira: number; coluna: number } | undefined;
  linhas.forEach(({ texto, pintar = (mesmo) => mesmo }, indice) => {
    const partes = partir(texto, colunas);
    if (cursor?.linha === indice) {
      const ateOCursor = partir(cursor.antes, colunas);
      const ultima = ateOCursor.at(-1) as Fileira;
      posicao = { fileira: fileiras.length + ateOCursor.length - 1, coluna: ultima.colunas };
      // No fim de uma fileira cheia, o cursor já está na seguinte.
      if (ultima.colunas >= colunas) posicao = { fileira: posicao.fileira + 1, coluna: 0 };
      while (partes.length <= posicao.fileira - fileiras.length) partes.push({ texto: '', colunas: 0 });
    }
    fileiras.push(...partes.map((parte) => ({ ...parte, texto: pintar(parte.texto) })));
  });
  return cortar({ fileiras, cursor: posicao }, Math.max(1, alturaMaxima));
}

/** Parte na última coluna que cabe: a contagem é nossa, não do terminal. */
function partir(texto: string, colunas: number): Fileira[] {
  const fileiras: Fileira[] = [];
  let atual = '';
  let ocupadas = 0;
  for (const [caractere, largura] of caracteres(texto)) {
    if (ocupadas + largura > colunas && ocupadas > 0) {
      fileiras.push({ texto: atual, colunas: ocupadas });
      atual = '';
      ocupadas = 0;
    }
    atual += caractere;
    ocupadas += largura;
  }
  fileiras.push({ texto: atual, colunas: ocupadas });
  return fileiras;
}

function cortar({ fileiras, cursor }: Disposicao, altura: number): Disposicao {
  if (fileiras.length <= altura) return { fileiras, cursor };
  const alvo = cursor?.fileira ?? 0;
  const primeira = Math.min(Math.max(0, alvo - altura + 1), fileiras.length - altura);
  return {
    fileiras: fileiras.slice(primeira, primeira + altura),
    cursor: cursor && { fileira: cursor.fileira - primeira, coluna: cursor.coluna },
  };
}
