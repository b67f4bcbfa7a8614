/** Os jeitos de mostrar o rastro, pelo nome que `--rastro` lhes dá. */

import type { FormatoDoRastro } from '../../../contract/formatos-do-rastro.ts';
import type { Clock } from '../../../process/clock.ts';
import { dobrarRepeticoes } from './dobrar-repeticoes.ts';
import { criarRastro, type Observador } from './rastro.ts';
import { criarRastroComJson } from './rastro-com-json.ts';
import { criarRastroEmColunas } from './rastro-em-colunas.ts';

const RASTROS = { linhas: criarRastro, colunas: criarRastroEmColunas, json: criarRastroComJson } satisfies Record<
  FormatoDoRastro,
  (mostrar: (linha: string) => void) => Observador
>;

/** @param mostrar recebe linhas já sem nada que um terminal obedeceria */
export function abrirRastro(formato: FormatoDoRastro, mostrar: (linha: string) => void, clock: Clock): Observador {
  return dobrarRepeticoes(RASTROS[formato](mostrar), mostrar, clock);
}
