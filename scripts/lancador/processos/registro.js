/** O que foi iniciado daqui: uma anotação por processo em `.chat/`, conferida antes de se crer nela. */

import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lerComum } from '../arquivo-comum.js';
import { ANOTACOES, criarAnotacoes } from '../lugares.js';
import { perguntarSaude } from './consultas.js';
import { estaVivo, roda } from './pids.js';

/**
 * @typedef {object} Anotacao
 * @property {number} pid
 * @property {string} main o arquivo que o processo roda: com o pid, a sua identidade
 * @property {string} desde quando foi iniciado, em ISO 8601
 * @property {string} [url] onde responde, se responde
 * @property {'binder' | 'servidor' | 'janela'} [processo] como `/saude` o chama
 * @property {number} [lancador] o pid de quem espera pelo fim dele
 */

const PREFIXO_DOS_CLIENTES = 'cliente-';

/** @param {string} nome */
function arquivoDe(nome) {
  return join(ANOTACOES, `${nome}.json`);
}

/** @param {number} pid */
export function nomeDoCliente(pid) {
  return `${PREFIXO_DOS_CLIENTES}${pid}`;
}

/**
 * Por rename: um fim no meio não deixa uma anotação pela metade.
 * @param {string} nome
 * @param {Anotacao} anotacao
 */
export function anotar(nome, anotacao) {
  criarAnotacoes();
  const novo = `${arquivoDe(nome)}.${process.pid}`;
  writeFileSync(novo, `${JSON.stringify(anotacao)}\n`);
  renameSync(novo, arquivoDe(nome));
}

/**
 * @param {string} nome
 * @returns {Anotacao | undefined}
 */
export function lerAnotacao(nome) {
  try {
    return JSON.parse(lerComum(arquivoDe(nome)));
  } catch {
    return undefined;
  }
}

/** @param {string} nome */
export function apagarAnotacao(nome) {
  rmSync(arquivoDe(nome), { force: true });
}

/** @returns {string[]} os nomes dos clientes anotados */
export function nomesDosClientes() {
  try {
    return readdirSync(ANOTACOES)
      .filter((arquivo) => arquivo.startsWith(PREFIXO_DOS_CLIENTES) && arquivo.endsWith('.json'))
      .map((arquivo) => arquivo.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

/**
 * Um pid anotado pode ter passado a outro programa: só vale o que o próprio processo diz em `/saude`
 * ou, se não responde, o que o sistema diz que ele roda.
 * @param {Anotacao | undefined} anotacao
 * @returns {Promise<boolean>}
 */
export async function aindaRoda(anotacao) {
  if (anotacao === undefined || !estaVivo(anotacao.pid)) return false;
  const { url, processo } = anotacao;
  if (url !== undefined) {
    const saude = await perguntarSaude({ url, processo });
    if (saude.quem === 'nosso' && saude.pid === anotacao.pid) return true;
  }
  return roda(anotacao.pid, anotacao.main);
}
