/** A pergunta por um texto curto, com sugestões ou sem. */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import type { Tecla } from '../teclado/teclas.ts';
import { aviso } from '../tela/cores.ts';
import { type Edicao, edicaoDe, editar } from './edicao.ts';
import { useState } from './inquirer.ts';
import type { TipoDePergunta, Visao } from './pergunta.ts';
import { quadroDaLinha } from './quadro-da-linha.ts';
import { semAcentos } from './sem-acentos.ts';

export interface Texto {
  /** Já sem nada que um terminal obedeceria. */
  readonly mensagem: string;
  /** Mostradas abaixo da linha as que contêm o que se digita: as setas escolhem uma; sem elas, vale o que se digitou. */
  readonly sugestoes?: readonly Sugestao[];
  /** Se não se diz quantas são as sugestões que não aparecem. */
  readonly semContagem?: boolean;
  /** Dito abaixo da linha; já sem nada que um terminal obedeceria. */
  readonly dica?: string | undefined;
  /** O que está na linha, a cada mudança. */
  readonly aoDigitar?: (texto: string) => void;
}

export interface Sugestao {
  readonly valor: string;
  readonly rotulo: string;
}

interface Estado {
  readonly edicao: Edicao;
  /** Entre as que aparecem, a que Enter escolhe; `undefined` se vale o que se digitou. */
  readonly indice: number | undefined;
}

/** Responde com a sugestão escolhida, ou com o texto digitado, que pode ser vazio; `undefined` se se desiste com Esc. */
export const TEXTO: TipoDePergunta<Texto, string | undefined> = { nome: 'texto', usarVisao: usarTexto };

function usarTexto(texto: Texto): Visao<string | undefined> {
  const { mensagem, sugestoes = [], semContagem = false, dica, aoDigitar = () => {} } = texto;
  const [estado, setEstado] = useState<Estado>({ edicao: edicaoDe(''), indice: 0 });
  const { edicao, indice } = estado;
  aoDigitar(edicao.texto);
  const aVista = filtrar(sugestoes, edicao.texto);

  function navegar(passo: number): void {
    if (aVista.length === 0) return;
    const partida = indice ?? (passo > 0 ? -1 : 0);
    setEstado({ edicao, indice: (partida + passo + aVista.length) % aVista.length });
  }

  function aoTeclar(tecla: Tecla): { readonly resposta: string | undefined } | undefined {
    if (tecla.nome === 'esc') return { resposta: undefined };
    if (tecla.nome === 'enter') return { resposta: aVista[indice ?? -1]?.valor ?? edicao.texto };
    if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') navegar(-1);
    else if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n' || tecla.nome === 'tab') navegar(1);
    else {
      const editada = editar(edicao, tecla);
      setEstado({ edicao: editada, indice: editada.texto === '' ? 0 : undefined });
    }
    return undefined;
  }

  const itens = aVista.map(({ rotulo }) => tornarVisivel(rotulo));
  const abaixo = [
    { lista: { itens, total: semContagem ? itens.length : sugestoes.length, escolhido: indice } },
    ...(dica === undefined ? [] : [{ texto: `  ${dica}`, pintar: aviso }]),
  ];
  return { quadro: quadroDaLinha(mensagem, edicao, abaixo), vazio: edicao.texto === '', aoTeclar };
}

function filtrar(sugestoes: readonly Sugestao[], digitado: string): readonly Sugestao[] {
  const procurado = semAcentos(digitado.trim());
  return procurado === '' ? sugestoes : sugestoes.filter(({ valor }) => semAcentos(valor).includes(procurado));
}
