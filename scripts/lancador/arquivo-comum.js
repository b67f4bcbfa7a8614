/**
 * O que o lançador lê em `.chat/` são arquivos comuns: abrir um fifo esperaria para sempre por quem está do outro lado.
 * O mesmo que `src/process/arquivo-comum.ts`, que só existe depois de construir.
 */

import { readFileSync, statSync } from 'node:fs';
import { Falha } from './falha.js';

/**
 * @param {string} caminho
 * @returns {string} o conteúdo
 * @throws {Falha} se é um dispositivo, um fifo ou uma pasta
 * @throws {NodeJS.ErrnoException} se não há nada ali, ou se não se pode ler
 */
export function lerComum(caminho) {
  if (!statSync(caminho).isFile()) throw new Falha(`${caminho} não é um arquivo comum`);
  return readFileSync(caminho, 'utf8');
}
