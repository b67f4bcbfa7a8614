/** As cores, num só lugar: nada se diz só com elas. */

import { Chalk, type ColorSupportLevel, supportsColor } from 'chalk';

/** O chalk não olha NO_COLOR (https://no-color.org); quem pede cor à força com FORCE_COLOR vence. */
function nivel(ambiente: NodeJS.ProcessEnv): ColorSupportLevel {
  if (ambiente['NO_COLOR'] && ambiente['FORCE_COLOR'] === undefined) return 0;
  return supportsColor ? supportsColor.level : 0;
}

const chalk = new Chalk({ level: nivel(process.env) });

/** O que o ambiente disse deixa de valer: `--no-color` é de quem o digitou agora. @param nivel 0 para nenhuma cor */
export function usarCores(nivel: ColorSupportLevel): void {
  chalk.level = nivel;
}

export type Pintura = (texto: string) => string;

/**
 * As cores que se leem sobre preto e sobre branco: contraste (WCAG 2) de 4,5 ou mais nos dois, e nenhuma cor passa da raiz
 * de 21, 4,58, em ambos. Um fundo que não seja um dos extremos tira um pouco disso, a todas por igual.
 */
const PALETA: readonly string[] = [
  ...['#d83461', '#d83c04', '#ad6307', '#937001', '#757b0f', '#35860e', '#07865f'],
  ...['#17837e', '#118196', '#067cb9', '#446bec', '#845ae5', '#ac4ac7', '#c93c99'],
];
/** Da paleta de 256, só estas, e um cinza. */
const VERDE = 29;
const AZUL = 63;
const VIOLETA = 98;
const TIJOLO = 131;
const MAGENTA = 163;
/** #767676: 4,6 sobre preto, 4,5 sobre branco. */
const CINZA = 243;
const PALETA_DE_256: readonly number[] = [VERDE, AZUL, VIOLETA, TIJOLO, MAGENTA];
/**
 * Onde só há 16, cada terminal tem as suas, e nos mais comuns só estas se leem sobre os dois fundos. O negrito as clareia
 * em muitos terminais, e então não se leem sobre o branco: com uma cor não vai negrito.
 */
const PALETA_DE_16 = ['magenta', 'red'] as const;

/** Em negrito; onde há 256 cores ou mais, também colorido. */
function forte(em256: number): Pintura {
  return (texto) => chalk.bold(chalk.level >= 2 ? chalk.ansi256(em256)(texto) : texto);
}

/** A opção em que se está. */
export const escolhida: Pintura = forte(VERDE);
/**
 * O que o programa diz, para não se confundir com o que as pessoas dizem. O apagado de um terminal se lê mal sobre branco:
 * só serve onde não há um cinza certo.
 */
export const aviso: Pintura = (texto) => (chalk.level >= 2 ? chalk.ansi256(CINZA)(texto) : chalk.dim(texto));
/** O que deu errado. */
export const falha: Pintura = (texto) => (chalk.level >= 2 ? chalk.ansi256(TIJOLO)(texto) : chalk.red(texto));
/** O que é com quem lê. */
export const destaque: Pintura = forte(MAGENTA);

/** Quantas cores se distinguem neste terminal. */
export function quantasCores(): number {
  if (chalk.level === 3) return PALETA.length;
  return chalk.level === 2 ? PALETA_DE_256.length : PALETA_DE_16.length;
}

/** Uma das cores que se distinguem, a mesma para o mesmo número. @param numero inteiro não negativo, qualquer */
export function umaDasCores(numero: number): Pintura {
  const umaDe = <T>(cores: readonly T[]) => cores[numero % cores.length] as T;
  if (chalk.level === 3) return (texto) => chalk.hex(umaDe(PALETA))(texto);
  if (chalk.level === 2) return (texto) => chalk.ansi256(umaDe(PALETA_DE_256))(texto);
  return (texto) => chalk[umaDe(PALETA_DE_16)](texto);
}
