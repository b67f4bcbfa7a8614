import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

const ACABAR = pathToFileURL(join(RAIZ, 'dist', 'janela', 'laboratorio', 'acabar-com-a-janela.js')).href;
/** Dá ao aviso o tempo de chegar antes de quem o espera. */
const DEMORA = 'data:text/javascript,while (process.connected) await new Promise((feito) => setTimeout(feito, 1));';
const SEM_FIM = 'setInterval(() => {}, 1_000)';

test('um processo do laboratório acaba com a janela, também se ela morre antes de ele começar', async () => {
  const processo = spawn(process.execPath, ['--import', DEMORA, '--import', ACABAR, '-e', SEM_FIM], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  processo.disconnect();
  expect(await once(processo, 'exit')).toEqual([1, null]);
});
