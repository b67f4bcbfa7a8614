/** O que se pediu na linha de comando, e o que um subcomando tem à mão para o fazer. */

import type { OptionValues } from '../../process/opcoes/options.ts';
import type { ObservadorDeSaida } from '../../rpc/observador.ts';
import type { Canais } from './canais.ts';
import type { NomeDeSubcomando, TODAS_AS_OPCOES } from './subcomandos.ts';

export interface Ordem {
  /** Começa cada linha de erro. */
  readonly processo: string;
  readonly subcomando: NomeDeSubcomando;
  readonly operandos: readonly string[];
  readonly opcoes: OptionValues<typeof TODAS_AS_OPCOES>;
  /** A autoridade (PEM) de `--tls-ca`. */
  readonly ca: Buffer | undefined;
  /** Assiste às chamadas que saem, se há quem; as da biblioteca, ela mesma o procura. */
  readonly observador: ObservadorDeSaida | undefined;
}

export interface Execucao extends Ordem {
  readonly canais: Canais;
  /** Anota o que um sinal tem de fechar. */
  readonly aoEncerrar: (fechar: () => Promise<void> | void) => void;
}

/** O rastro vai para a saída de erros: não se mistura com o que o comando escreve. */
export function aoRastrear({ opcoes, canais }: Execucao): ((linha: string) => void) | undefined {
  return opcoes.rastro ? (linha) => canais.erros.write(`${linha}\n`) : undefined;
}
