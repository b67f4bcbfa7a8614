/** Os jeitos de mostrar o rastro, pelo nome que `--rastro` lhes dá. */

import { criarRastro } from './rastro.ts';
import { criarRastroEmColunas } from './rastro-em-colunas.ts';

export const RASTROS = { linhas: criarRastro, colunas: criarRastroEmColunas } as const;
