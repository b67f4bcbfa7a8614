/** As cores, num só lugar: nada se diz só com elas. */

import { Chalk, type ColorSupportLevel, supportsColor } from 'chalk';
import { nomeComparavel } from '../../contract/nomes.ts';

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
const CORES_DE_NOME: readonly string[] = [
  ...['#d83461', '#d83c04', '#ad6307', '#937001', '#757b0f', '#35860e', '#07865f'],
  ...['#17837e', '#118196', '#067cb9', '#446bec', '#845ae5', '#ac4ac7', '#c93c99'],
];
/** Da paleta de 256, só estas, e um cinza. */
const VERDE = 29;
const AZUL = 63;
const VIOLETA = 98;
const TIJOLO = 131;
const MAGENTA = 163;
const CORES_DE_NOME_EM_256: readonly number[] = [VERDE, AZUL, VIOLETA, TIJOLO, MAGENTA];
/** Onde só há 16, cada terminal tem as suas: as que nenhum fundo comum esconde. */
const CORES_DE_NOME_EM_16 = ['red', 'green', 'blue', 'magenta', 'cyan'] as const;

/** @param emDezesseis onde não há a outra */
function tinta(em256: number, emDezesseis: 'cyan' | 'red' | 'magenta'): Pintura {
  return (texto) => (chalk.level >= 2 ? chalk.ansi256(em256)(texto) : chalk[emDezesseis](texto));
}

/** A opção em que se está. */
export const escolhida: Pintura = (texto) => chalk.bold(tinta(VERDE, 'cyan')(texto));
/** O que o programa diz, para não se confundir com o que as pessoas dizem. */
export const aviso: Pintura = (texto) => chalk.dim(texto);
/** O que deu errado. */
export const falha: Pintura = tinta(TIJOLO, 'red');
/** O que é com quem lê. */
export const destaque: Pintura = (texto) => chalk.bold(tinta(MAGENTA, 'magenta')(texto));

/** A cor de um nome: a mesma sempre, em todo cliente de um terminal com as mesmas cores. */
export function corDoNome(nome: string): Pintura {
  const numero = espalhar(nomeComparavel(nome));
  const umaDe = <T>(cores: readonly T[]) => cores[numero % cores.length] as T;
  if (chalk.level === 3) return (texto) => chalk.hex(umaDe(CORES_DE_NOME))(texto);
  if (chalk.level === 2) return (texto) => chalk.ansi256(umaDe(CORES_DE_NOME_EM_256))(texto);
  return (texto) => chalk[umaDe(CORES_DE_NOME_EM_16)](texto);
}

/** FNV-1a de 32 bits: nomes parecidos caem longe. */
function espalhar(texto: string): number {
  let soma = 0x811c9dc5;
  for (const caractere of texto) soma = Math.imul(soma ^ (caractere.codePointAt(0) as number), 0x01000193);
  return soma >>> 0;
}
