/** As cores, num só lugar: nada se diz só com elas. */

import { Chalk, type ColorSupportLevel, supportsColor } from 'chalk';
import { ehClaro, legivel, legivelNoCubo, type Rgb } from './contraste.ts';

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

/** Na paleta de 256, e por inteiro. */
interface Cor {
  readonly em256: number;
  readonly rgb: Rgb;
}

/** `undefined` enquanto não se sabe: então as cores são as que se leem sobre preto e sobre branco. */
let fundo: Rgb | undefined;
/** As dos nomes que se leem sobre o fundo, da paleta de 256. */
let nomesEm256: readonly number[] = [];

/** As cores passam a ser as que se leem sobre este fundo. */
export function usarFundo(novo: Rgb | undefined): void {
  fundo = novo;
  nomesEm256 = novo ? [...new Set(PALETA.map((cor) => legivelNoCubo(emRgb(cor), novo)))] : PALETA_DE_256;
}

/** Se há cores que se possam escolher pelo fundo. */
export function escolheCores(): boolean {
  return chalk.level >= 2;
}

function emRgb(hexadecimal: string): Rgb {
  const [r, g, b] = [1, 3, 5].map((onde) => Number.parseInt(hexadecimal.slice(onde, onde + 2), 16));
  return [r ?? 0, g ?? 0, b ?? 0];
}

/** Só onde há 256 cores ou mais. */
function tingir({ em256, rgb }: Cor, texto: string): string {
  if (!fundo) return chalk.ansi256(em256)(texto);
  if (chalk.level === 3) return chalk.rgb(...legivel(rgb, fundo))(texto);
  return chalk.ansi256(legivelNoCubo(rgb, fundo))(texto);
}

/**
 * As cores que se leem sobre preto e sobre branco: contraste (WCAG 2) de 4,5 ou mais nos dois, e nenhuma cor passa da raiz
 * de 21, 4,58, em ambos. Um fundo que não seja um dos extremos tira um pouco disso, a todas por igual.
 */
const PALETA: readonly string[] = [
  ...['#d83461', '#d83c04', '#ad6307', '#937001', '#757b0f', '#35860e', '#07865f'],
  ...['#17837e', '#118196', '#067cb9', '#446bec', '#845ae5', '#ac4ac7', '#c93c99'],
];
/** Da paleta de 256, só estas, e um cinza. */
const VERDE: Cor = { em256: 29, rgb: [0, 135, 95] };
const AZUL: Cor = { em256: 63, rgb: [95, 95, 255] };
const VIOLETA: Cor = { em256: 98, rgb: [135, 95, 215] };
const TIJOLO: Cor = { em256: 131, rgb: [175, 95, 95] };
const MAGENTA: Cor = { em256: 163, rgb: [215, 0, 175] };
/** 4,6 sobre preto, 4,5 sobre branco. */
const CINZA: Cor = { em256: 243, rgb: [118, 118, 118] };
const PALETA_DE_256: readonly number[] = [VERDE, AZUL, VIOLETA, TIJOLO, MAGENTA].map(({ em256 }) => em256);
/**
 * Onde só há 16, cada terminal tem as suas, e nos mais comuns só estas se leem sobre os dois fundos. O negrito as clareia
 * em muitos terminais, e então não se leem sobre o branco: com uma cor não vai negrito.
 */
const PALETA_DE_16 = ['magenta', 'red'] as const;

/** Em negrito; onde há 256 cores ou mais, também colorido. */
function forte(cor: Cor): Pintura {
  return (texto) => chalk.bold(chalk.level >= 2 ? tingir(cor, texto) : texto);
}

/** A opção em que se está. */
export const escolhida: Pintura = forte(VERDE);
/**
 * O que o programa diz, para não se confundir com o que as pessoas dizem. O apagado de um terminal se lê mal sobre branco:
 * só serve onde não há um cinza certo, e não se sabe que o fundo é claro.
 */
export const aviso: Pintura = (texto) => {
  if (chalk.level >= 2) return tingir(CINZA, texto);
  return fundo && ehClaro(fundo) ? texto : chalk.dim(texto);
};
/** O que deu errado. */
export const falha: Pintura = (texto) => (chalk.level >= 2 ? tingir(TIJOLO, texto) : chalk.red(texto));
/** O que é com quem lê. */
export const destaque: Pintura = forte(MAGENTA);

/** Quantas cores se distinguem neste terminal. */
export function quantasCores(): number {
  if (chalk.level === 3) return PALETA.length;
  return chalk.level === 2 ? nomesEm256.length : PALETA_DE_16.length;
}

/** Uma das cores que se distinguem, a mesma para o mesmo número. @param numero inteiro não negativo, qualquer */
export function umaDasCores(numero: number): Pintura {
  const umaDe = <T>(cores: readonly T[]) => cores[numero % cores.length] as T;
  return (texto) => {
    if (chalk.level === 3) {
      const cor = umaDe(PALETA);
      return fundo ? chalk.rgb(...legivel(emRgb(cor), fundo))(texto) : chalk.hex(cor)(texto);
    }
    if (chalk.level === 2) return chalk.ansi256(umaDe(nomesEm256))(texto);
    return chalk[umaDe(PALETA_DE_16)](texto);
  };
}

usarFundo(undefined);
