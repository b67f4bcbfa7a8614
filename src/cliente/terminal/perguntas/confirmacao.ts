/** A pergunta que uma tecla só responde. */

import type { Tecla } from '../teclado/leitor-de-teclas.ts';
import type { TipoDePergunta } from './pergunta.ts';
import { quadroDaLinha } from './quadro-da-linha.ts';

export interface Confirmacao {
  /** Já sem nada que um terminal obedeceria. */
  readonly mensagem: string;
  /** O que Enter responde. */
  readonly padrao: boolean;
}

export interface Confirmada {
  readonly sim: boolean;
  /** Se foi por uma letra: depois dela, muita gente ainda digita Enter. */
  readonly letra: boolean;
  /** Uma tecla que não era resposta: a pessoa já digitava outra coisa. */
  readonly tecla?: Tecla;
}

export const CONFIRMACAO: TipoDePergunta<Confirmacao, Confirmada> = {
  nome: 'confirmacao',
  usarVisao: ({ mensagem, padrao }) => ({
    quadro: quadroDaLinha(mensagem, { texto: '', cursor: 0 }),
    vazio: true,
    aoTeclar: (tecla) => ({ resposta: responder(tecla, padrao) }),
  }),
};

function responder(tecla: Tecla, padrao: boolean): Confirmada {
  if (tecla.nome === 'enter') return { sim: padrao, letra: false };
  if (tecla.nome === 'esc') return { sim: false, letra: false };
  const letra = tecla.nome === 'texto' ? tecla.texto.toLowerCase() : '';
  if (letra === 's' || letra === 'n') return { sim: letra === 's', letra: true };
  return { sim: false, letra: false, tecla };
}
