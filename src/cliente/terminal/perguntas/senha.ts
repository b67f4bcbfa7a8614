/** A pergunta por um segredo: nada do que se digita se mostra, nem quanto se digitou. */

import { edicaoDe, editar } from './edicao.ts';
import { useState } from './inquirer.ts';
import type { TipoDePergunta } from './pergunta.ts';
import { quadroDaLinha } from './quadro-da-linha.ts';

interface Senha {
  /** Já sem nada que um terminal obedeceria. */
  readonly mensagem: string;
}

/** Responde com o que se digitou, que pode ser vazio; `undefined` se se desiste com Esc. */
export const SENHA: TipoDePergunta<Senha, string | undefined> = {
  nome: 'senha',
  usarVisao: ({ mensagem }) => {
    const [edicao, setEdicao] = useState(edicaoDe(''));
    return {
      quadro: quadroDaLinha(mensagem, { texto: '', cursor: 0 }),
      vazio: edicao.texto === '',
      aoTeclar: (tecla) => {
        if (tecla.nome === 'esc') return { resposta: undefined };
        if (tecla.nome === 'enter') return { resposta: edicao.texto };
        setEdicao(editar(edicao, tecla));
        return undefined;
      },
    };
  },
};
