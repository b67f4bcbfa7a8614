/** A pergunta da conversa: a linha que se digita, o que já se enviou, o que Tab conclui, o que se cola. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import { type Edicao, edicaoDe, editar, trocar } from '../terminal/perguntas/edicao.ts';
import { useState } from '../terminal/perguntas/inquirer.ts';
import type { TipoDePergunta, Visao } from '../terminal/perguntas/pergunta.ts';
import { quadroDaLinha } from '../terminal/perguntas/quadro-da-linha.ts';
import type { Tecla } from '../terminal/teclado/leitor-de-teclas.ts';
import { aviso } from '../terminal/tela/cores.ts';
import type { Conclusao } from './completar.ts';

export interface LinhaAberta {
  /** Já sem nada que um terminal obedeceria, como `rodape`. */
  readonly mensagem: string;
  /** Mostrado abaixo da linha, apagado. */
  readonly rodape: string;
  readonly inicial: string;
  /** O que já se enviou, do mais antigo ao mais novo. */
  readonly historico: readonly string[];
  readonly completar: (texto: string, cursor: number) => Conclusao;
  /** O que está na linha, a cada mudança: se a pergunta se desfaz, é de quem perguntou. */
  readonly aoDigitar: (texto: string) => void;
}

export type LinhaDada =
  | { readonly tipo: 'digitada'; readonly texto: string }
  | LinhasColadas
  /** Esc. */
  | { readonly tipo: 'desistencia'; readonly texto: string };

export interface LinhasColadas {
  readonly tipo: 'coladas';
  /** As linhas inteiras; o que estava antes do cursor é o começo da primeira. */
  readonly linhas: readonly string[];
  /** O que fica na linha: a última, se não acabava com uma quebra, e o que estava depois do cursor. */
  readonly resto: string;
  /** A linha como estava antes da colagem. */
  readonly digitado: string;
}

interface Estado {
  readonly edicao: Edicao;
  /** Onde se está no histórico; o comprimento dele é a linha nova. */
  readonly posicao: number;
  /** O que se digitava antes de subir no histórico. */
  readonly guardado: string;
  readonly candidatos: readonly string[];
}

export const LINHA: TipoDePergunta<LinhaAberta, LinhaDada> = { nome: 'linha', usarVisao: usarLinha };

function usarLinha(aberta: LinhaAberta): Visao<LinhaDada> {
  const [estado, setEstado] = useState<Estado>({
    edicao: edicaoDe(aberta.inicial),
    posicao: aberta.historico.length,
    guardado: aberta.inicial,
    candidatos: [],
  });
  const { edicao, candidatos } = estado;
  aberta.aoDigitar(edicao.texto);
  const abaixo = candidatos.length > 0 ? candidatos.map(tornarVisivel).join('  ') : aberta.rodape;
  return {
    quadro: quadroDaLinha(aberta.mensagem, edicao, [{ texto: `  ${abaixo}`, pintar: aviso }]),
    vazio: edicao.texto === '',
    aoTeclar: (tecla) => {
      const resposta = responder(edicao, tecla);
      if (resposta) return { resposta };
      setEstado(mudar(estado, tecla, aberta));
      return undefined;
    },
  };
}

/** @returns `undefined` se a tecla não responde */
function responder({ texto, cursor }: Edicao, tecla: Tecla): LinhaDada | undefined {
  if (tecla.nome === 'enter') return { tipo: 'digitada', texto };
  if (tecla.nome === 'esc') return { tipo: 'desistencia', texto };
  // Uma linha só, mesmo com a quebra que veio com ela, espera por Enter como a que se digita.
  if (tecla.nome !== 'colagem' || !/\S\s*\n\s*\S/.test(tecla.texto)) return undefined;
  const linhas = `${texto.slice(0, cursor)}${tecla.texto}${texto.slice(cursor)}`.split('\n');
  const resto = linhas.pop() ?? '';
  return { tipo: 'coladas', linhas: linhas.map(semTabs), resto: semTabs(resto), digitado: texto };
}

function semTabs(linha: string): string {
  return linha.replace(/\t+/g, ' ');
}

function mudar(estado: Estado, tecla: Tecla, { historico, completar }: LinhaAberta): Estado {
  if (tecla.nome === 'cima' || tecla.nome === 'ctrl+p') return navegar(estado, historico, -1);
  if (tecla.nome === 'baixo' || tecla.nome === 'ctrl+n') return navegar(estado, historico, 1);
  if (tecla.nome !== 'tab') return { ...estado, edicao: editar(estado.edicao, tecla), candidatos: [] };
  const { texto, cursor, candidatos } = completar(estado.edicao.texto, estado.edicao.cursor);
  return { ...estado, edicao: trocar(estado.edicao, texto, cursor), candidatos };
}

function navegar(estado: Estado, historico: readonly string[], passo: number): Estado {
  const { edicao, posicao } = estado;
  const destino = posicao + passo;
  if (destino < 0 || destino > historico.length) return estado;
  const guardado = posicao === historico.length ? edicao.texto : estado.guardado;
  return {
    edicao: trocar(edicao, historico[destino] ?? guardado),
    posicao: destino,
    guardado,
    candidatos: [],
  };
}
