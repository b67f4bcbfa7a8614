/**
 * O segredo entre o binder e o servidor que se iniciam daqui: sem um, outro usuário da máquina registraria no binder um
 * endereço seu, e receberia os tokens de quem conversa.
 */

import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lerComum } from '../arquivo-comum.js';
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
 * Sorteado uma vez: o servidor que se inicia depois precisa do mesmo que o binder já tem, e os dois podem iniciar juntos.
 * @param {string} arquivo
 */
function segredoDe(arquivo) {
  const guardado = ler(arquivo);
  if (guardado) return guardado;
  const meu = `${arquivo}.${process.pid}`;
  writeFileSync(meu, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // Vazio, é de quem encheu o disco; e guardaria o modo dele.
    if (guardado === '') rmSync(arquivo, { force: true });
    // Aparece inteiro, e só se ainda não há outro.
    linkSync(meu, arquivo);
  } catch (erro) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (erro);
    // Num sistema de arquivos sem links, o último dos que iniciam juntos prevalece.
    if (code !== 'EEXIST') renameSync(meu, arquivo);
  } finally {
    rmSync(meu, { force: true });
  }
  return ler(arquivo);
}

/**
 * @param {string} arquivo
 * @returns {string | undefined} `undefined` se não há
 */
function ler(arquivo) {
  try {
    return lerComum(arquivo).trim();
  } catch (erro) {
    if (/** @type {NodeJS.ErrnoException} */ (erro).code !== 'ENOENT') throw erro;
    return undefined;
  }
}
