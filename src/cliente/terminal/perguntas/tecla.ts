/** A pergunta que uma tecla só responde. */

import type { Tecla } from '../teclado/teclas.ts';
import type { LinhaDoQuadro } from '../tela/quadro.ts';
import type { TipoDePergunta } from './pergunta.ts';
import { quadroDaLinha } from './quadro-da-linha.ts';

export interface PorTecla {
  /** Já sem nada que um terminal obedeceria, como `abaixo`. */
  readonly mensagem: string;
  /** As que respondem, minúsculas. */
  readonly letras: readonly string[];
  /** O que fica sob a pergunta. */
  readonly abaixo?: readonly LinhaDoQuadro[];
}

export type TeclaDada =
  /** Uma das letras: depois dela, muita gente ainda digita Enter. */
  | { readonly tipo: 'letra'; readonly letra: string }
  | { readonly tipo: 'enter' }
  | { readonly tipo: 'esc' }
  /** Não era resposta: a pessoa já digitava outra coisa. */
  | { readonly tipo: 'outra'; readonly tecla: Tecla };

export const TECLA: TipoDePergunta<PorTecla, TeclaDada> = {
  nome: 'tecla',
  usarVisao: ({ mensagem, letras, abaixo }) => ({
    quadro: quadroDaLinha(mensagem, { texto: '', cursor: 0 }, abaixo),
    vazio: true,
    aoTeclar: (tecla) => ({ resposta: responder(tecla, letras) }),
  }),
};

function responder(tecla: Tecla, letras: readonly string[]): TeclaDada {
  if (tecla.nome === 'enter' || tecla.nome === 'esc') return { tipo: tecla.nome };
  const letra = tecla.nome === 'texto' ? tecla.texto.toLowerCase() : '';
  return letras.includes(letra) ? { tipo: 'letra', letra } : { tipo: 'outra', tecla };
}
