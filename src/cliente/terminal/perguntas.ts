/** A pergunta por um texto curto, com sugestões ou sem. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import { aviso, escolhida } from './cores.ts';
import { useState } from './inquirer.ts';
import type { TeclaDaPergunta, TipoDePergunta, Visao } from './pergunta.ts';
import type { LinhaDoQuadro, Quadro } from './quadro.ts';

export const CONFIRMAR = new Set(['return', 'enter']);

/** Quantas sugestões aparecem de uma vez. */
const SUGESTOES_VISIVEIS = 8;

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
function usarTexto({ mensagem, inicial = '', sugestoes = [] }: Texto): Visao<string | undefined> {
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

export const TEXTO: TipoDePergunta<Texto, string | undefined> = { nome: 'texto', usarVisao: usarTexto };

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
