/** O que se digitou e não foi enviado: volta à linha, um de cada vez. */

import type { Dialogo } from './dialogo.ts';

export class Rascunhos {
  readonly #dialogo: Dialogo;
  readonly #textos: string[] = [];

  constructor(dialogo: Dialogo) {
    this.#dialogo = dialogo;
  }

  /** Voltam antes dos outros, na ordem em que se dão. */
  devolver(...textos: readonly string[]): void {
    this.#textos.unshift(...textos.filter((texto) => texto !== ''));
  }

  /** Voltam depois dos outros. */
  acrescentar(...textos: readonly string[]): void {
    this.#textos.push(...textos);
  }

  /** A pergunta se desfez, porque a pessoa já não está na sala: o que ela digitava não se perde. */
  guardar(...digitados: readonly string[]): void {
    const textos = digitados.filter((texto) => texto.trim() !== '');
    if (textos.length === 0) return;
    this.devolver(...textos);
    this.#dialogo.avisar('O que você digitava volta à linha na próxima conversa.');
  }

  /** O que volta agora: o que já se digitou por cima de um envio que falhou não pode grudar no texto dele. */
  proximo(): string | undefined {
    return this.#dialogo.haTeclasAEspera ? undefined : this.#textos.shift();
  }

  /** O que se devolveu por último já se enviou. */
  retirar(): void {
    this.#textos.shift();
  }
}
