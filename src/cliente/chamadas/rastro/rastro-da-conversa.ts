/** O rastro de uma conversa, que se liga, se desliga e muda de formato enquanto se conversa. */

import type { FormatoDoRastro } from '../../../contract/formatos-do-rastro.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Acontecimento, Observador } from './rastro.ts';
import { abrirRastro } from './rastros.ts';

interface RastroOptions {
  readonly clock: Clock;
  /** `undefined`: desligado. */
  readonly formato: FormatoDoRastro | undefined;
  /** Recebe linhas já sem nada que um terminal obedeceria. */
  readonly mostrar: (linha: string) => void;
}

export class RastroDaConversa {
  readonly #options: RastroOptions;
  #contar: Observador | undefined;

  constructor(options: RastroOptions) {
    this.#options = options;
    this.mudar(options.formato);
  }

  /** Recebe tudo o que acontece, também enquanto está desligado. */
  readonly observador: Observador = (acontecimento: Acontecimento) => this.#contar?.(acontecimento);

  get ligado(): boolean {
    return this.#contar !== undefined;
  }

  /** @param formato `undefined` desliga */
  mudar(formato: FormatoDoRastro | undefined): void {
    const { mostrar, clock } = this.#options;
    this.#contar = formato && abrirRastro(formato, mostrar, clock);
  }
}
