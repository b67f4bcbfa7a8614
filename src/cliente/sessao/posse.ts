/** Se a sala em que se está é de quem está aqui: só o servidor sabe, e se pergunta de novo quando pode ter mudado. */

import type { Mensagem } from '../../contract/chat.ts';
import { mesmoNome } from '../../contract/nomes.ts';
import { falaDeNovoDono } from '../../dominio/salas.ts';
import type { Conversa } from './conversa.ts';

export class Posse {
  readonly #conversa: Pick<Conversa, 'nome' | 'sala' | 'detalharSala'>;
  readonly #aoMudar: () => void;
  /** De que sala se é dono, segundo a última resposta. */
  #minha: string | undefined;
  /** A última pergunta: a resposta de uma anterior já pode não valer. */
  #ultima = 0;

  /** @param aoMudar a sala passou a ser, ou deixou de ser, de quem está aqui */
  constructor(conversa: Pick<Conversa, 'nome' | 'sala' | 'detalharSala'>, aoMudar: () => void) {
    this.#conversa = conversa;
    this.#aoMudar = aoMudar;
  }

  /** Enquanto o servidor não o disse, não é. */
  get ehMinha(): boolean {
    return this.#minha !== undefined && this.#minha === this.#conversa.sala;
  }

  /** Um novo dono se diz na sala. */
  aoReceber(mensagens: readonly Mensagem[]): void {
    if (mensagens.some(falaDeNovoDono)) this.verDeQuemE();
  }

  /** Pergunta ao servidor; sem resposta, fica o que se sabia. */
  verDeQuemE(): void {
    this.#ultima += 1;
    const pergunta = this.#ultima;
    this.#conversa.detalharSala().then(
      ({ nomeSala, dono }) => {
        if (pergunta !== this.#ultima) return;
        const antes = this.ehMinha;
        this.#minha = dono !== null && mesmoNome(dono, this.#conversa.nome ?? '') ? nomeSala : undefined;
        if (this.ehMinha !== antes) this.#aoMudar();
      },
      () => {},
    );
  }
}
