/** O menu que fica acima da linha: o que cada tecla faz com ele. Puro. */

import type { Tecla } from '../../terminal/teclado/teclas.ts';
import { escolhida as pintarEscolhida } from '../../terminal/tela/cores.ts';
import type { LinhaDoQuadro } from '../../terminal/tela/quadro.ts';

export interface MenuDaLinha {
  /** A partir de 0. */
  readonly escolhida: number;
  /** Os algarismos que se digitaram, o último a escolheu: se depois deles vem um texto, eram o começo do texto. */
  readonly pendente: string;
}

export const MENU_ABERTO: MenuDaLinha = { escolhida: 0, pendente: '' };

/** @returns o menu depois da tecla; `undefined` se a tecla não é dele, e vai para a linha */
export function teclarNoMenu(menu: MenuDaLinha, tecla: Tecla, quantas: number): MenuDaLinha | undefined {
  if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') return mover(menu, -1, quantas);
  if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n') return mover(menu, 1, quantas);
  if (tecla.nome === 'backspace' && menu.pendente !== '') return MENU_ABERTO;
  const numero = tecla.nome === 'texto' ? numeroDaOpcao(tecla.texto, quantas) : undefined;
  return numero === undefined ? undefined : { escolhida: numero - 1, pendente: `${menu.pendente}${numero}` };
}

function mover({ escolhida }: MenuDaLinha, passo: number, quantas: number): MenuDaLinha {
  return { escolhida: (escolhida + passo + quantas) % quantas, pendente: '' };
}

/** Um algarismo sozinho escolhe do menu, também sem que ele se veja. */
export function numeroDaOpcao(texto: string, quantas: number): number | undefined {
  return /^[1-9]$/.test(texto) && Number(texto) <= quantas ? Number(texto) : undefined;
}

export function linhasDoMenu(opcoes: readonly string[], { escolhida }: MenuDaLinha): LinhaDoQuadro[] {
  return opcoes.map((opcao, indice) =>
    indice === escolhida
      ? { texto: `> ${indice + 1}) ${opcao}`, pintar: pintarEscolhida }
      : { texto: `  ${indice + 1}) ${opcao}` },
  );
}
