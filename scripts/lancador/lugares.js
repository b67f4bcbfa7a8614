/** Onde ficam as coisas do checkout. Tudo o que o lançador anota fica em `.chat/`, que o git ignora. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const RAIZ = join(import.meta.dirname, '..', '..');
export const LANCADOR = join(RAIZ, 'scripts', 'iniciar.js');
export const NUMA_JANELA = join(RAIZ, 'scripts', 'lancador', 'terminais', 'numa-janela.js');
export const MAIN_DO_CLIENTE = join(RAIZ, 'dist', 'cliente', 'main.js');
export const MAIN_DA_JANELA = join(RAIZ, 'dist', 'janela', 'main.js');
export const ANOTACOES = join(RAIZ, '.chat');

/** Como a pessoa chama o lançador neste sistema. */
export const COMANDO = process.platform === 'win32' ? 'chat_start.bat' : './chat_start.sh';

/**
 * Sem `recursive`: com ele, o Node diz de um sistema de arquivos que só se lê que a pasta de cima não existe.
 * @throws {NodeJS.ErrnoException} se não se pode gravar no checkout
 */
export function criarAnotacoes() {
  try {
    mkdirSync(ANOTACOES);
  } catch (erro) {
    if (/** @type {NodeJS.ErrnoException} */ (erro).code !== 'EEXIST') throw erro;
  }
}
