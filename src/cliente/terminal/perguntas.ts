/** As perguntas do cliente: um menu, uma linha, uma linha com sugestões. */

import { useState } from '@inquirer/core';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { aviso, escolhida } from './cores.ts';
import type { TeclaDaPergunta, Visao } from './pergunta.ts';
import type { LinhaDoQuadro, Quadro } from './quadro.ts';

export const CONFIRMAR = new Set(['return', 'enter']);

/** Quantas sugestões aparecem de uma vez. */
const SUGESTOES_VISIVEIS = 8;

export interface Menu {
  /** `1) Criar sala`, `2) …`: o número é a tecla. */
  readonly opcoes: readonly string[];
}

/** Número ou seta escolhe, Enter confirma, outra tecla nada faz. @returns o número da opção, a partir de 1 */
export function usarMenu({ opcoes }: Menu): Visao<number> {
  const [escolha, setEscolha] = useState(0);
  return {
    quadro: {
      linhas: opcoes.map((opcao, indice) => linhaDeOpcao(`${indice + 1}) ${opcao}`, indice === escolha)),
    },
    vazio: true,
    aoTeclar: ({ nome }) => {
      if (CONFIRMAR.has(nome)) return { resposta: escolha + 1 };
      if (nome === 'up') setEscolha((escolha - 1 + opcoes.length) % opcoes.length);
      if (nome === 'down') setEscolha((escolha + 1) % opcoes.length);
      const numero = /^[1-9]$/.test(nome) ? Number(nome) : 0;
      if (numero >= 1 && numero <= opcoes.length) setEscolha(numero - 1);
      return undefined;
    },
  };
}

export interface Texto {
  readonly mensagem: string;
  /** O que já está na linha quando a pergunta abre. */
  readonly inicial?: string;
  /** Mostradas abaixo da linha: as setas escolhem uma, o que se digita vence. */
  readonly sugestoes?: readonly Sugestao[];
}

export interface Sugestao {
  readonly valor: string;
  readonly rotulo: string;
}

interface EstadoDaLinha {
  readonly texto: string;
  readonly cursor: number;
  /** A sugestão que Enter escolhe quando nada foi digitado. */
  readonly indice: number;
}

/** @returns o texto digitado; sem ele, a sugestão escolhida, ou vazio se não há; `undefined` quando se desiste com Esc */
export function usarTexto({ mensagem, inicial = '', sugestoes = [] }: Texto): Visao<string | undefined> {
  const [estado, setEstado] = useState<EstadoDaLinha>({
    texto: inicial,
    cursor: inicial.length,
    indice: 0,
  });
  const { texto, indice } = estado;

  function navegar({ linha }: TeclaDaPergunta, passo: number): void {
    if (sugestoes.length === 0) return;
    linha.trocar('');
    const proximo = texto === '' ? (indice + passo + sugestoes.length) % sugestoes.length : indice;
    setEstado({ ...estado, texto: '', cursor: 0, indice: proximo });
  }

  return {
    quadro: quadroDoTexto(mensagem, estado, sugestoes),
    inicial,
    vazio: texto === '',
    aoTeclar: (tecla) => {
      if (CONFIRMAR.has(tecla.nome)) return { resposta: texto || (sugestoes[indice]?.valor ?? '') };
      if (tecla.nome === 'escape') return { resposta: undefined };
      if (tecla.nome === 'up') navegar(tecla, -1);
      else if (tecla.nome === 'down') navegar(tecla, 1);
      else setEstado({ ...estado, texto: tecla.linha.line, cursor: tecla.linha.cursor });
      return undefined;
    },
  };
}

function quadroDoTexto(
  mensagem: string,
  { texto, cursor, indice }: EstadoDaLinha,
  sugestoes: readonly Sugestao[],
): Quadro {
  // Cada metade é tornada visível por si: assim o que vem antes do cursor é sempre o começo da linha.
  const antes = `${mensagem} ${tornarVisivel(texto.slice(0, cursor))}`;
  const depois = tornarVisivel(texto.slice(cursor));
  const primeira = Math.max(0, indice - SUGESTOES_VISIVEIS + 1);
  const visiveis = sugestoes.slice(primeira, primeira + SUGESTOES_VISIVEIS);
  const restantes = sugestoes.length - visiveis.length;
  return {
    linhas: [
      { texto: antes + depois },
      ...visiveis.map(({ rotulo }, posicao) =>
        linhaDeOpcao(tornarVisivel(rotulo), texto === '' && primeira + posicao === indice),
      ),
      ...(restantes > 0 ? [{ texto: `  … e mais ${restantes}`, pintar: aviso }] : []),
    ],
    cursor: { linha: 0, antes },
  };
}

function linhaDeOpcao(texto: string, ativa: boolean): LinhaDoQuadro {
  return ativa ? { texto: `> ${texto}`, pintar: escolhida } : { texto: `  ${texto}` };
}
