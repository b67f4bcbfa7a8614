/** As cores, num só lugar: nada se diz só com elas. */

import { Chalk, type ColorSupportLevel, supportsColor } from 'chalk';
import { chaveDoNome } from '../contract/nomes.ts';

/** O chalk não olha NO_COLOR (https://no-color.org); quem pede cor à força com FORCE_COLOR vence. */
function nivel(ambiente: NodeJS.ProcessEnv): ColorSupportLevel {
  if (ambiente['NO_COLOR'] && ambiente['FORCE_COLOR'] === undefined) return 0;
  return supportsColor ? supportsColor.level : 0;
}

const chalk = new Chalk({ level: nivel(process.env) });

/** `--no-color`, de quem o digitou agora, vence o ambiente inteiro. */
export function desligarCores(): void {
  chalk.level = 0;
}

export type Pintura = (texto: string) => string;

/** A opção em que se está. */
export const escolhida: Pintura = (texto) => chalk.bold.cyan(texto);
/** O que o programa diz, para não se confundir com o que as pessoas dizem. */
export const aviso: Pintura = (texto) => chalk.dim(texto);
/** O que deu errado. */
export const falha: Pintura = (texto) => chalk.yellow(texto);
/** O que é com quem lê. */
export const destaque: Pintura = (texto) => chalk.bold.magenta(texto);

/** Da paleta de 256 cores: as que se leem tanto sobre preto quanto sobre branco. */
export const PALETA: readonly number[] = [26, 28, 31, 62, 64, 94, 97, 99, 128, 130, 131, 133, 135, 161, 166, 168];
/** Onde só há 16, as que nenhum fundo comum esconde. */
const PALETA_PEQUENA = ['red', 'green', 'blue', 'magenta', 'cyan'] as const;

/** A cor de um nome: a mesma sempre, em todo cliente. */
export function corDoNome(nome: string): Pintura {
  const numero = espalhar(chaveDoNome(nome));
  if (chalk.level >= 2) return (texto) => chalk.ansi256(PALETA[numero % PALETA.length] as number)(texto);
  return (texto) => chalk[PALETA_PEQUENA[numero % PALETA_PEQUENA.length] as 'red'](texto);
}

/** FNV-1a de 32 bits: nomes parecidos caem longe. */
function espalhar(texto: string): number {
  let soma = 0x811c9dc5;
  for (const caractere of texto) soma = Math.imul(soma ^ (caractere.codePointAt(0) as number), 0x01000193);
  return soma >>> 0;
}
