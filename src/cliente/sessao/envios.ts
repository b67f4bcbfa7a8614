/** Enviar uma vez só: cada texto leva a mesma chave de repetição em todas as tentativas, até que se saiba o desfecho. */

import { randomUUID } from 'node:crypto';
import { ehPassageira } from '../chamadas/falhas.ts';

export interface Envio {
  readonly sala: string;
  readonly texto: string;
  /** `undefined` para todos. */
  readonly destinatario: string | undefined;
}

export interface EnvioComChave extends Envio {
  readonly chave: string;
}

export class Envios {
  /** O que falhou sem que se soubesse o desfecho. */
  #pendente: EnvioComChave | undefined;

  /**
   * Depois de uma falha, enviar o mesmo de novo retoma a chave: nunca chega duas vezes.
   * @returns o que `tentar` devolveu
   * @throws o motivo pelo qual não se enviou, ou não se soube
   */
  async enviar<T>(envio: Envio, tentar: (envio: EnvioComChave) => Promise<T>): Promise<T> {
    const comChave = this.#comChave(envio);
    this.#pendente = comChave;
    try {
      const enviado = await tentar(comChave);
      this.#pendente = undefined;
      return enviado;
    } catch (erro) {
      if (!ehPassageira(erro)) this.#pendente = undefined;
      throw erro;
    }
  }

  #comChave({ sala, texto, destinatario }: Envio): EnvioComChave {
    const anterior = this.#pendente;
    const ehOMesmo = anterior?.sala === sala && anterior.texto === texto && anterior.destinatario === destinatario;
    return ehOMesmo ? anterior : { sala, texto, destinatario, chave: randomUUID() };
  }
}
