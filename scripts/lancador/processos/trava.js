/**
 * Um lançador de cada vez instala, constrói, inicia ou para.
 * A trava é uma pasta com um arquivo por quem trabalha nela (o lançador, e o npm que ele chamou): ela
 * aparece inteira, por rename, e vale enquanto algum deles vive. Quem morreu sem soltá-la é retirado
 * pelo nome do seu arquivo, único, de modo que nunca se retira por engano quem chegou depois.
 */

import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lerComum } from '../arquivo-comum.js';
import { avisar } from '../avisos.js';
import { Falha } from '../falha.js';
import { ANOTACOES, criarAnotacoes, LANCADOR } from '../lugares.js';
import { estaVivo, roda } from './pids.js';
import { ate, PRAZO_DA_VEZ_MS } from './prazos.js';

/** O bastante para que outro só inicie os processos; quem espera mais que isso quer saber por quê. */
const ESPERA_CALADA_MS = 2_000;

const TRAVA = join(ANOTACOES, 'trava');

/**
 * @typedef {object} Vez
 * @property {(pid: number, marca: string) => () => void} incluir faz a trava valer também enquanto este
 *   processo viver, reconhecido pela marca na sua linha de comando; devolve como retirá-lo
 */

/**
 * @template T
 * @param {(vez: Vez) => Promise<T>} agir
 * @returns {Promise<T>}
 */
export async function naMinhaVez(agir) {
  criarAnotacoes();
  const meu = nomeDe(process.pid);
  /** @type {Set<string>} */
  const conhecidos = new Set();
  const tentar = () => tomar(meu, conhecidos);
  if (!(await ate(ESPERA_CALADA_MS, tentar))) {
    avisar('Outro chat_start está trabalhando neste checkout; esperando a vez…');
    if (!(await ate(PRAZO_DA_VEZ_MS, tentar))) {
      throw new Falha('outro chat_start não terminou de trabalhar neste checkout; desisti de esperar');
    }
  }
  try {
    return await agir({ incluir });
  } finally {
    retirar(meu);
  }
}

/** @param {number} pid */
function nomeDe(pid) {
  return `${pid}-${randomUUID()}`;
}

/** @type {Vez['incluir']} */
function incluir(pid, marca) {
  const nome = nomeDe(pid);
  writeFileSync(join(TRAVA, nome), marca);
  return () => rmSync(join(TRAVA, nome), { force: true });
}

/** @param {string} nome */
function retirar(nome) {
  rmSync(join(TRAVA, nome), { force: true });
  try {
    rmdirSync(TRAVA);
  } catch {
    // Já não está vazia, ou já não existe: a vez é de outro.
  }
}

/**
 * @param {string} meu
 * @param {Set<string>} conhecidos os donos cuja identidade já se conferiu: perguntá-la de novo sai caro
 */
function tomar(meu, conhecidos) {
  for (const nome of donos()) {
    if (trabalha(nome, conhecidos)) return false;
    retirar(nome);
  }
  const nova = `${TRAVA}-${meu}`;
  mkdirSync(nova);
  writeFileSync(join(nova, meu), LANCADOR);
  try {
    // Falha se há alguém dentro; uma pasta vazia é substituída (o Windows também a recusa, e se tenta de novo).
    renameSync(nova, TRAVA);
    return true;
  } catch {
    rmSync(nova, { recursive: true, force: true });
    return false;
  }
}

function donos() {
  try {
    return readdirSync(TRAVA);
  } catch {
    return [];
  }
}

/**
 * @param {string} nome
 * @param {Set<string>} conhecidos
 */
function trabalha(nome, conhecidos) {
  const pid = Number.parseInt(nome, 10);
  if (pid === process.pid) return false;
  if (conhecidos.has(nome)) return estaVivo(pid);
  if (!roda(pid, marcaDe(nome))) return false;
  conhecidos.add(nome);
  return true;
}

/** @param {string} nome */
function marcaDe(nome) {
  try {
    return lerComum(join(TRAVA, nome));
  } catch {
    return LANCADOR;
  }
}
