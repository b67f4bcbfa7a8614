import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

const guardado = spawnSync('git', ['show', ':usuarios.json'], { cwd: RAIZ, encoding: 'utf8' });

test.skipIf(guardado.status !== 0)('o git guarda um usuarios.json sem ninguém', () => {
  expect(guardado.stdout).toBe('[]\n');
});
