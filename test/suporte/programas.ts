/** Os programas de outros com que se confere o que o projeto lhes dá, se estão nesta máquina. */

import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { type TestOptions, test } from 'vitest';

/** Num Debian, os que servem à rede ficam fora do caminho de quem não é root. */
const AMBIENTE = { ...process.env, PATH: [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter), LC_ALL: 'C' };

/** @returns o que o programa escreveu, e o status com que acabou; `undefined` se ele não existe */
function rodar(programa: string, argumentos: readonly string[], entrada = '') {
  const { error, status, stdout, stderr } = spawnSync(programa, argumentos, {
    env: AMBIENTE,
    input: entrada,
    encoding: 'utf8',
  });
  return error ? undefined : { status, escreveu: `${stdout}${stderr}` };
}

/** @throws Error com o que o programa escreveu, se ele não terminou com status 0 */
export function aprovar(programa: string, argumentos: readonly string[], entrada?: string): string {
  const { status, escreveu } = rodar(programa, argumentos, entrada) ?? { status: null, escreveu: 'não existe' };
  if (status !== 0) throw new Error(`${[programa, ...argumentos].join(' ')} terminou com ${status}:\n${escreveu}`);
  return escreveu;
}

/** Um teste que só roda onde o programa existe; onde falta, o nome do teste o diz. */
export function testarCom(programa: string, nome: string, agir: () => Promise<void> | void, opcoes: TestOptions = {}) {
  const ha = rodar(programa, ['--version']) !== undefined;
  test.skipIf(!ha)(ha ? nome : `${nome} (pulado: não há ${programa} nesta máquina)`, opcoes, agir);
}

/** @returns o caminho do programa, para quem o inicia por conta própria */
export function ambienteDosProgramas(): NodeJS.ProcessEnv {
  return AMBIENTE;
}

export const EXEMPLOS = join(import.meta.dirname, '..', '..', 'scripts', 'exemplos');
