/** A linha de conversa: o que se digita, o que já se enviou, o que Tab conclui, o que se cola. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import { aviso } from '../terminal/cores.ts';
import { useState } from '../terminal/inquirer.ts';
import type { TeclaDaPergunta, TipoDePergunta, Visao } from '../terminal/pergunta.ts';
import { CONFIRMAR } from '../terminal/perguntas.ts';
import type { Conclusao } from './completar.ts';

export interface LinhaAberta {
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

/** O que a linha dá: uma linha digitada, ou as que se colaram de uma vez. */
export interface LinhasDadas {
  readonly linhas: readonly string[];
  readonly coladas: boolean;
  /** O que continua na linha. */
  readonly resto: string;
}

interface Estado {
  readonly texto: string;
  readonly cursor: number;
  /** Onde se está no histórico; o comprimento dele é a linha nova. */
  readonly posicao: number;
  /** O que se digitava antes de subir no histórico. */
  readonly guardado: string;
  readonly candidatos: readonly string[];
}

/** @returns o que enviar; `undefined` quando se desiste com Esc */
function usarLinha(aberta: LinhaAberta): Visao<LinhasDadas | undefined> {
  const { mensagem, rodape, inicial, historico, completar, aoDigitar } = aberta;
  const [estado, setEstado] = useState<Estado>({
    texto: inicial,
    cursor: inicial.length,
    posicao: historico.length,
    guardado: inicial,
    candidatos: [],
  });
  const { texto, cursor, posicao, guardado, candidatos } = estado;
  aoDigitar(texto);

  function trocar({ linha }: TeclaDaPergunta, novo: string, novoCursor: number, mudanca: Partial<Estado>): void {
    linha.trocar(novo, novoCursor);
    setEstado({ ...estado, candidatos: [], texto: novo, cursor: novoCursor, ...mudanca });
  }

  function navegar(tecla: TeclaDaPergunta, passo: number): void {
    const destino = posicao + passo;
    if (destino < 0 || destino > historico.length) return;
    const aGuardar = posicao === historico.length ? texto : guardado;
    const novo = historico[destino] ?? aGuardar;
    trocar(tecla, novo, novo.length, { posicao: destino, guardado: aGuardar });
  }

  function colar(linhas: readonly string[]): LinhasDadas {
    const todas = [...linhas];
    todas[0] = texto.slice(0, cursor) + (todas[0] ?? '');
    const ultima = (todas.pop() ?? '') + texto.slice(cursor);
    return { linhas: todas, coladas: true, resto: ultima };
  }

  const antes = `${mensagem} ${tornarVisivel(texto.slice(0, cursor))}`;
  return {
    quadro: {
      linhas: [
        { texto: antes + tornarVisivel(texto.slice(cursor)) },
        {
          texto: candidatos.length > 0 ? `  ${candidatos.map(tornarVisivel).join('  ')}` : `  ${rodape}`,
          pintar: aviso,
        },
      ],
      cursor: { linha: 0, antes },
    },
    inicial,
    vazio: texto === '',
    aoTeclar: (tecla) => {
      if (CONFIRMAR.has(tecla.nome)) return { resposta: { linhas: [texto], coladas: false, resto: '' } };
      if (tecla.nome === 'escape') return { resposta: undefined };
      if (tecla.linhasColadas.length > 1) return { resposta: colar(tecla.linhasColadas) };
      if (tecla.nome === 'up') navegar(tecla, -1);
      else if (tecla.nome === 'down') navegar(tecla, 1);
      else if (tecla.nome === 'tab') {
        const conclusao = completar(texto, cursor);
        trocar(tecla, conclusao.texto, conclusao.cursor, { candidatos: conclusao.candidatos });
      } else {
        const { line, cursor: onde } = tecla.linha;
        setEstado({ ...estado, candidatos: [], texto: line, cursor: onde });
      }
      return undefined;
    },
  };
}

export const LINHA: TipoDePergunta<LinhaAberta, LinhasDadas | undefined> = { nome: 'linha', usarVisao: usarLinha };
