/**
 * O que uma rodada de testes deixa para trás: os processos que ela iniciou, mesmo os que se soltaram de quem os iniciou,
 * e as suas pastas. Todo processo da rodada herda uma marca no ambiente, e é por ela que se acha; o redis-server apaga o
 * seu ambiente ao começar, e se acha pela pasta em que está.
 *
 * Rodado como programa (`node restos.js MARCA PASTA…`), espera que a entrada acabe, o que acontece também quando o
 * vitest é morto, e então encerra e apaga tudo.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A variável de ambiente que leva a marca. Os testes tiram do ambiente as que começam por CHAT_: esta não começa. */
export const VARIAVEL_DA_MARCA = 'RODADA_DE_TESTES';

const MAXIMO_DE_VOLTAS = 50;

/**
 * @param {string} marca
 * @param {readonly string[]} pastas
 * @returns {{ pid: number, comando: string }[]} os processos vivos da rodada; no Windows não há como sabê-los
 */
export function processosDaRodada(marca, pastas) {
  if (process.platform === 'win32') return [];
  const todos = process.platform === 'linux' ? doProc(marca, pastas) : doPs(marca);
  return todos.filter(({ pid }) => pid !== process.pid);
}

/**
 * @param {string} marca
 * @param {readonly string[]} pastas
 */
function doProc(marca, pastas) {
  const marcado = (/** @type {string} */ nome) =>
    readFileSync(`/proc/${nome}/environ`, 'utf8').split('\0').includes(`${VARIAVEL_DA_MARCA}=${marca}`);
  const naPasta = (/** @type {string} */ nome) => {
    const onde = readlinkSync(`/proc/${nome}/cwd`);
    return pastas.some((pasta) => onde.startsWith(`${pasta}/`));
  };
  return readdirSync('/proc')
    .filter((nome) => /^\d+$/.test(nome))
    .flatMap((nome) => {
      try {
        if (!marcado(nome) && !naPasta(nome)) return [];
        return [{ pid: Number(nome), comando: readFileSync(`/proc/${nome}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        // O processo é de outra pessoa, ou acabou enquanto se olhava.
        return [];
      }
    });
}

/** @param {string} marca */
function doPs(marca) {
  const linhas = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return linhas
    .filter((linha) => linha.includes(`${VARIAVEL_DA_MARCA}=${marca}`))
    .map((linha) => ({ pid: Number.parseInt(linha, 10), comando: linha.trim().replace(/^\d+ +/, '') }));
}

/**
 * Mata todos os processos da rodada, até que não nasça mais nenhum.
 * @param {string} marca
 * @param {readonly string[]} pastas
 */
export function encerrarRodada(marca, pastas) {
  for (let volta = 0; volta < MAXIMO_DE_VOLTAS; volta += 1) {
    const vivos = processosDaRodada(marca, pastas);
    if (vivos.length === 0) return;
    for (const { pid } of vivos) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Acabou antes.
      }
    }
  }
}

/** @param {string[]} pastas */
export function apagarPastas(pastas) {
  for (const pasta of pastas) rmSync(pasta, { recursive: true, force: true, maxRetries: 5 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [marca = '', ...pastas] = process.argv.slice(2);
  // Quem interrompe os testes não interrompe quem limpa depois deles.
  for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(sinal, () => {});
  process.stdin.resume().on('close', () => {
    encerrarRodada(marca, pastas);
    apagarPastas(pastas);
  });
}
