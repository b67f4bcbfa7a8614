/** Chamar quem olha para outro lado: o sino, o aviso do sistema, e o título do terminal com o que não se leu. */

import type { Mensagem } from '../../contract/chat.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Chegada } from './mural/mural.ts';

interface AtencaoOptions {
  readonly terminal: Terminal;
  /** `undefined` fora de qualquer sala. */
  readonly sala: () => string | undefined;
}

export class Atencao {
  readonly #options: AtencaoOptions;
  /** Até que o terminal diga que não: nem todos sabem dizê-lo. */
  #temFoco = true;
  #naoLidas = 0;

  constructor(options: AtencaoOptions) {
    this.#options = options;
    options.terminal.teclado.aoMudarFoco = (temFoco) => {
      this.#temFoco = temFoco;
      if (temFoco) this.#naoLidas = 0;
      this.atualizar();
    };
  }

  /** A sala pode ter mudado. */
  atualizar(): void {
    const sala = this.#options.sala();
    const contagem = this.#naoLidas === 0 ? '' : `(${this.#naoLidas}) `;
    this.#options.terminal.tela.intitular(`${contagem}${sala === undefined ? '' : `${tornarVisivel(sala)} - `}chat`);
  }

  aoChegar({ quantas, toca, chama }: Chegada): void {
    const { tela } = this.#options.terminal;
    if (toca) tela.tocar();
    if (this.#temFoco) return;
    this.#naoLidas += quantas;
    this.atualizar();
    if (chama) tela.notificar(contar(chama));
  }
}

/** Quem e onde, sem o texto: o aviso aparece também com a máquina trancada. */
function contar({ tipo, origem, sala }: Mensagem): string {
  const quem = tornarVisivel(origem);
  return tipo === 'unicast'
    ? `Chat: mensagem privada de ${quem}`
    : `Chat: ${quem} chamou você em ${tornarVisivel(sala)}`;
}
