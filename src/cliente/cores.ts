/** As cores, num só lugar: nada se diz só com elas. */

import { Chalk, supportsColor } from 'chalk';

/** O chalk não olha NO_COLOR (https://no-color.org); quem pede cor à força com FORCE_COLOR vence. */
function nivel(ambiente: NodeJS.ProcessEnv): 0 | 1 | 2 | 3 {
  if (ambiente['NO_COLOR'] && ambiente['FORCE_COLOR'] === undefined) return 0;
  return supportsColor ? supportsColor.level : 0;
}

const chalk = new Chalk({ level: nivel(process.env) });

export type Pintura = (texto: string) => string;

/** A opção em que se está. */
export const escolhida: Pintura = (texto) => chalk.bold.cyan(texto);
/** O que o programa diz, para não se confundir com o que as pessoas dizem. */
export const aviso: Pintura = (texto) => chalk.dim(texto);
/** O que deu errado. */
export const falha: Pintura = (texto) => chalk.yellow(texto);
