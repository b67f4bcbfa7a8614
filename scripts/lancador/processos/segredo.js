/**
 * O segredo entre o binder e o servidor que se iniciam daqui: sem um, outro usuário da máquina registraria no binder um
 * endereço seu, e receberia os tokens de quem conversa.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANOTACOES } from '../lugares.js';

const ARQUIVO = 'segredo';
const BYTES = 32;

/**
 * O ambiente do binder e do servidor; o cliente não precisa do segredo.
 * @param {NodeJS.ProcessEnv} ambiente
 * @param {string} [pasta] onde o segredo fica
 * @returns {NodeJS.ProcessEnv} o mesmo, com o segredo que a pessoa deu ou, se não deu nenhum, com o que é daqui
 */
export function comSegredo(ambiente, pasta = ANOTACOES) {
  return { ...ambiente, CHAT_SEGREDO: ambiente['CHAT_SEGREDO'] || segredoDe(join(pasta, ARQUIVO)) };
}

/**
 * Sorteado uma vez: o servidor que se inicia depois precisa do mesmo que o binder já tem.
 * @param {string} arquivo
 */
function segredoDe(arquivo) {
  try {
    const guardado = readFileSync(arquivo, 'utf8').trim();
    if (guardado !== '') return guardado;
  } catch (erro) {
    if (/** @type {NodeJS.ErrnoException} */ (erro).code !== 'ENOENT') throw erro;
  }
  const novo = randomBytes(BYTES).toString('base64url');
  // Um arquivo que já existisse guardaria o modo dele.
  rmSync(arquivo, { force: true });
  writeFileSync(arquivo, `${novo}\n`, { mode: 0o600, flag: 'wx' });
  return novo;
}
