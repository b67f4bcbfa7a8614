/** Os programas de outros com que se confere o que o projeto lhes dá, se estão nesta máquina. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

export const EXEMPLOS = join(RAIZ, 'scripts', 'exemplos');

/** Num Debian, os que servem à rede ficam fora do caminho de quem não é root. */
const PASTAS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** @returns o caminho de um programa, ou `undefined` se não está nesta máquina */
export function acharPrograma(nome: string): string | undefined {
  return PASTAS.map((pasta) => join(pasta, nome)).find((caminho) => existsSync(caminho));
}

/**
 * @returns o que o programa escreveu
 * @throws Error com o que ele escreveu, se não terminou com status 0
 */
export function aprovar(programa: string, argumentos: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(acharPrograma(programa) ?? programa, argumentos, {
    input,
    encoding: 'utf8',
  });
  const escreveu = `${stdout}${stderr}`;
  if (status !== 0) throw new Error(`${[programa, ...argumentos].join(' ')} terminou com ${status}:\n${escreveu}`);
  return escreveu;
}

/** Um teste que só roda onde o programa existe; onde falta, o nome do teste o diz. */
export function testarCom(programa: string, nome: string, agir: () => Promise<void> | void): void {
  const ha = acharPrograma(programa) !== undefined;
  test.skipIf(!ha)(ha ? nome : `${nome} (pulado: não há ${programa} nesta máquina)`, agir);
}
