/** O quadro de uma linha em que se digita. */

import { emLinhasVisiveis } from '../../../dominio/visivel.ts';
import type { LinhaDoQuadro, Quadro } from '../tela/quadro.ts';
import type { Edicao } from './edicao.ts';

/** De uma linha enorme só se desenha o que está perto do cursor, em passos: em unidades UTF-16. */
const PASSO = 8_192;
const HA_MAIS = '…';

export interface QuadroDaLinha extends Quadro {
  readonly linhas: readonly [aDigitada: LinhaDoQuadro, ...abaixo: Quadro['linhas'][number][]];
}

/**
 * @param mensagem o que se pergunta, já sem nada que um terminal obedeceria
 * @param abaixo o que fica sob a linha
 */
export function quadroDaLinha(
  mensagem: string,
  { texto, cursor }: Pick<Edicao, 'texto' | 'cursor'>,
  abaixo: Quadro['linhas'] = [],
): QuadroDaLinha {
  const comeco = entreCaracteres(texto, Math.max(0, (Math.floor(cursor / PASSO) - 1) * PASSO));
  const fim = entreCaracteres(texto, Math.min(texto.length, comeco + 3 * PASSO));
  // Cada metade é tornada visível por si: assim o que vem antes do cursor é sempre o começo da linha.
  const antes = `${mensagem} ${comeco > 0 ? HA_MAIS : ''}${visivel(texto.slice(comeco, cursor))}`;
  const depois = visivel(texto.slice(cursor, fim)) + (fim < texto.length ? HA_MAIS : '');
  return { linhas: [{ texto: antes + depois }, ...abaixo], cursor: { linha: 0, antes } };
}

/** As quebras de linha ficam. */
function visivel(texto: string): string {
  return emLinhasVisiveis(texto).join('\n');
}

/** A mesma posição, ou a anterior, se ela parte um caractere ao meio. */
function entreCaracteres(texto: string, posicao: number): number {
  const codigo = texto.charCodeAt(posicao);
  return codigo >= 0xdc00 && codigo <= 0xdfff ? posicao - 1 : posicao;
}
