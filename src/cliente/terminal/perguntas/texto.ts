/** A pergunta por um texto curto, com sugestões ou sem. */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import type { Tecla } from '../teclado/leitor-de-teclas.ts';
import { aviso, escolhida } from '../tela/cores.ts';
import type { LinhaDoQuadro } from '../tela/quadro.ts';
import { type Edicao, edicaoDe, editar, trocar } from './edicao.ts';
import { useState } from './inquirer.ts';
import type { TipoDePergunta, Visao } from './pergunta.ts';
import { quadroDaLinha } from './quadro-da-linha.ts';

/** Quantas sugestões aparecem de uma vez. */
const SUGESTOES_VISIVEIS = 8;

export interface Texto {
  /** Já sem nada que um terminal obedeceria. */
  readonly mensagem: string;
  /** Mostradas abaixo da linha: as setas escolhem uma, o que se digita vence. */
  readonly sugestoes?: readonly Sugestao[];
}

export interface Sugestao {
  readonly valor: string;
  readonly rotulo: string;
}

interface Estado {
  readonly edicao: Edicao;
  /** A sugestão que Enter escolhe quando nada foi digitado. */
  readonly indice: number;
}

/** Responde com o texto digitado; sem ele, com a sugestão escolhida, ou vazio se não há; `undefined` se se desiste com Esc. */
export const TEXTO: TipoDePergunta<Texto, string | undefined> = { nome: 'texto', usarVisao: usarTexto };

function usarTexto({ mensagem, sugestoes = [] }: Texto): Visao<string | undefined> {
  const [estado, setEstado] = useState<Estado>({ edicao: edicaoDe(''), indice: 0 });
  const { edicao, indice } = estado;

  function navegar(passo: number): void {
    if (sugestoes.length === 0) return;
    const proximo = edicao.texto === '' ? (indice + passo + sugestoes.length) % sugestoes.length : indice;
    setEstado({ edicao: trocar(edicao, ''), indice: proximo });
  }

  function aoTeclar(tecla: Tecla): { readonly resposta: string | undefined } | undefined {
    if (tecla.nome === 'enter') return { resposta: edicao.texto || (sugestoes[indice]?.valor ?? '') };
    if (tecla.nome === 'esc') return { resposta: undefined };
    if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') navegar(-1);
    else if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n') navegar(1);
    else setEstado({ ...estado, edicao: editar(edicao, tecla) });
    return undefined;
  }

  const escolhidaAgora = edicao.texto === '' ? indice : undefined;
  return {
    quadro: quadroDaLinha(mensagem, edicao, linhasDasSugestoes(sugestoes, indice, escolhidaAgora)),
    vazio: edicao.texto === '',
    aoTeclar,
  };
}

/** @param indice a que tem de se ver */
function linhasDasSugestoes(
  sugestoes: readonly Sugestao[],
  indice: number,
  escolhidaAgora: number | undefined,
): LinhaDoQuadro[] {
  const primeira = Math.max(0, indice - SUGESTOES_VISIVEIS + 1);
  const visiveis = sugestoes.slice(primeira, primeira + SUGESTOES_VISIVEIS);
  const restantes = sugestoes.length - visiveis.length;
  const linhas = visiveis.map(({ rotulo }, posicao): LinhaDoQuadro => {
    const texto = tornarVisivel(rotulo);
    return primeira + posicao === escolhidaAgora ? { texto: `> ${texto}`, pintar: escolhida } : { texto: `  ${texto}` };
  });
  return restantes > 0 ? [...linhas, { texto: `  … e mais ${restantes}`, pintar: aviso }] : linhas;
}
