/** Enviar uma vez só: cada texto leva a mesma chave em todas as tentativas, até que se saiba o desfecho. */

import { randomUUID } from 'node:crypto';
import { setTimeout as esperar } from 'node:timers/promises';
import type { Clock } from '../../process/clock.ts';
import { ehPassageira, esperaPedidaMs } from '../chamadas/explicar.ts';

/** Por quanto tempo se insiste num envio antes de devolver o texto. */
const PRAZO_DO_ENVIO_MS = 10_000;

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
  readonly #clock: Clock;
  readonly #intervaloMs: number;
  readonly #prazoMs: number;
  /** O que falhou sem que se soubesse o desfecho. */
  #pendente: EnvioComChave | undefined;

  /** @param intervaloMs entre uma tentativa e a seguinte */
  constructor(clock: Clock, intervaloMs: number, prazoMs = PRAZO_DO_ENVIO_MS) {
    this.#clock = clock;
    this.#intervaloMs = intervaloMs;
    this.#prazoMs = prazoMs;
  }

  /**
   * Insiste até saber o desfecho, ou até o prazo.
   * Depois de uma falha, enviar o mesmo de novo retoma a chave: nunca chega duas vezes.
   * @returns o que a tentativa que deu certo devolveu
   * @throws o motivo pelo qual não se enviou, ou não se soube
   */
  async enviar<T>(envio: Envio, tentar: (envio: EnvioComChave) => Promise<T>): Promise<T> {
    const comChave = this.#comChave(envio);
    const fimMs = this.#clock.monotonicoMs() + this.#prazoMs;
    this.#pendente = comChave;
    for (;;) {
      try {
        const enviado = await tentar(comChave);
        this.#pendente = undefined;
        return enviado;
      } catch (erro) {
        if (!ehPassageira(erro)) {
          this.#pendente = undefined;
          throw erro;
        }
        const pausaMs = esperaPedidaMs(erro, this.#intervaloMs);
        if (this.#clock.monotonicoMs() + pausaMs >= fimMs) throw erro;
        await esperar(pausaMs);
      }
    }
  }

  #comChave({ sala, texto, destinatario }: Envio): EnvioComChave {
    const anterior = this.#pendente;
    const ehOMesmo = anterior?.sala === sala && anterior.texto === texto && anterior.destinatario === destinatario;
    return ehOMesmo ? anterior : { sala, texto, destinatario, chave: randomUUID() };
  }
}
