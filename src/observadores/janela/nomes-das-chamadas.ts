/**
 * Os identificadores que um processo dá às suas chamadas (W3C Trace Context, seção 3.2.2). Só o começo deles se sorteia,
 * uma vez por processo; o resto se conta: sortear a cada chamada custaria mais do que tudo o que se anota dela.
 */

import { randomBytes } from 'node:crypto';

const DIGITOS_CONTADOS = 8;
const CHAMADAS_DISTINTAS = 16 ** DIGITOS_CONTADOS;

export class NomesDasChamadas {
  readonly #inicioDoSpan = randomBytes(4).toString('hex');
  readonly #inicioDoTrace = randomBytes(12).toString('hex');
  #contadas = 0;

  /** @returns dezesseis dígitos hexadecimais, nunca todos zero */
  span(): string {
    return this.#inicioDoSpan + this.#contar();
  }

  /** @returns trinta e dois dígitos hexadecimais, nunca todos zero */
  trace(): string {
    return this.#inicioDoTrace + this.#contar();
  }

  #contar(): string {
    this.#contadas = (this.#contadas % (CHAMADAS_DISTINTAS - 1)) + 1;
    return this.#contadas.toString(16).padStart(DIGITOS_CONTADOS, '0');
  }
}
