/** O que se quis enviar e ainda não chegou: vai sozinho, um de cada vez, na ordem em que se quis. */

import type { Volta } from './volta.ts';

export class Remessa {
  readonly #volta: Pick<Volta, 'enviar' | 'sala'>;
  readonly #aoMudar: () => void;
  readonly #textos: string[] = [];
  #ultimo: Promise<unknown> = Promise.resolve();

  /** @param aoMudar sabe de cada mudança no que espera */
  constructor(volta: Pick<Volta, 'enviar' | 'sala'>, aoMudar: () => void) {
    this.#volta = volta;
    this.#aoMudar = aoMudar;
  }

  /** O que ainda não chegou, do mais antigo ao mais novo. */
  get textos(): readonly string[] {
    return this.#textos;
  }

  /**
   * Envia à sala em que se está agora, mesmo que a vez do envio só chegue depois de se mudar dela.
   * @param destinatario `undefined` para todos
   * @throws o motivo pelo qual não se enviou; os seguintes são enviados
   */
  async enviar(texto: string, destinatario: string | undefined): Promise<void> {
    const { sala } = this.#volta;
    const anterior = this.#ultimo;
    const envio = anterior.then(() => this.#volta.enviar(texto, destinatario, sala));
    this.#ultimo = envio.catch(() => {});
    this.#textos.push(texto);
    this.#aoMudar();
    try {
      await envio;
    } finally {
      this.#textos.shift();
      this.#aoMudar();
    }
  }
}
