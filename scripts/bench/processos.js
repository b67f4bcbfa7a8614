/** Os processos de verdade, de `dist/`, cada um numa porta livre, e tudo o que se desfaz no fim. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

export const RAIZ = join(import.meta.dirname, '..', '..');
const PRONTO = /pronto em (http\S+)\n/;
const PRAZO_DO_FIM_MS = 6_000;

const PASTA_DE_PERFIS = process.env['BENCH_PERFIL'];
const ARGUMENTOS_DE_PERFIL = PASTA_DE_PERFIS ? ['--cpu-prof', `--cpu-prof-dir=${PASTA_DE_PERFIS}`] : [];

/** O ambiente sem as variáveis CHAT_ de quem roda o bench. */
export function ambienteLimpo(extra = {}) {
  const herdado = Object.entries(process.env).filter(([nome]) => !nome.startsWith('CHAT_'));
  return { ...Object.fromEntries(herdado), ...extra };
}

export function mainDe(qual) {
  return join(RAIZ, 'dist', qual, 'main.js');
}

/** O que uma parte abriu, para ser fechado na ordem inversa, aconteça o que acontecer. */
export class Abertos {
  #fechar = [];

  /** @param fechar uma função, síncrona ou não */
  add(fechar) {
    this.#fechar.push(fechar);
  }

  async close() {
    for (let fechar = this.#fechar.pop(); fechar; fechar = this.#fechar.pop()) {
      try {
        await fechar();
      } catch (erro) {
        process.stderr.write(`bench: falha ao fechar: ${erro.stack}\n`);
      }
    }
  }
}

export function pastaTemporaria(abertos, prefixo = 'chat-bench-') {
  const caminho = mkdtempSync(join(tmpdir(), prefixo));
  abertos.add(() => rmSync(caminho, { recursive: true, force: true, maxRetries: 5 }));
  return caminho;
}

/**
 * Inicia um programa Node e garante o fim dele.
 * @returns {Promise<{ filho: import('node:child_process').ChildProcess, encerrar: (sinal?: string) => Promise<void> }>}
 */
function lancar(abertos, argumentos, opcoes = {}) {
  const filho = spawn(process.execPath, [...ARGUMENTOS_DE_PERFIL, ...argumentos], {
    env: ambienteLimpo(opcoes.ambiente),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const fim = once(filho, 'exit');
  const encerrar = async (sinal = 'SIGTERM') => {
    if (filho.exitCode !== null || filho.signalCode !== null) return;
    filho.kill(sinal);
    const insistir = setTimeout(() => filho.kill('SIGKILL'), PRAZO_DO_FIM_MS);
    await fim;
    clearTimeout(insistir);
  };
  abertos.add(() => encerrar());
  return { filho, fim, encerrar };
}

/** @returns a porta, o pid, quanto levou até poder servir, e como o encerrar antes do fim da parte */
export async function iniciar(abertos, qual, argumentos, { execArgv = [], ambiente } = {}) {
  const desdeMs = performance.now();
  const { filho, fim, encerrar } = lancar(abertos, [...execArgv, mainDe(qual), ...argumentos], { ambiente });
  let saida = '';
  let erros = '';
  filho.stderr.on('data', (pedaco) => {
    erros += pedaco;
  });
  const url = await new Promise((resolve, reject) => {
    filho.stdout.on('data', (pedaco) => {
      saida += pedaco;
      const pronto = PRONTO.exec(saida)?.[1];
      if (pronto) resolve(pronto);
    });
    fim.then(([status, sinal]) => reject(new Error(`${qual} terminou (${status ?? sinal}) sem servir: ${erros}`)));
  });
  return {
    url,
    porta: Number(new URL(url).port),
    pid: filho.pid,
    prontoEmMs: performance.now() - desdeMs,
    encerrar,
    perguntar: (pergunta) => perguntar(filho, pergunta),
  };
}

/** @returns a resposta de um processo que carrega `laco.js` */
async function perguntar(filho, pergunta) {
  const resposta = once(filho, 'message');
  filho.send(pergunta);
  const [valor] = await resposta;
  return valor;
}

/** Binder e servidor, com dados que somem no fim. Os limites ficam de fora: o bench é um só endereço, com pressa. */
export async function iniciarSistema(abertos, { dados, extras = [], execArgv = [] } = {}) {
  const pasta = dados ?? pastaTemporaria(abertos);
  const binder = await iniciar(abertos, 'binder', ['--porta', '0']);
  const servidor = await iniciarServidor(abertos, { pasta, binder: binder.url, extras, execArgv });
  return { binder, servidor, pasta };
}

/** @param extras opções além das de sempre */
export function iniciarServidor(abertos, { pasta, binder, extras = [], execArgv = [] }) {
  const argumentos = [
    ...['--porta', '0', '--binder', binder],
    ...['--dados', join(pasta, 'dados'), '--usuarios', join(pasta, 'usuarios.json')],
    ...['--limite-mensagens', '0', '--limite-registros', '0'],
    ...extras,
  ];
  return iniciar(abertos, 'server', argumentos, { execArgv });
}

/** @returns o servidor nu, e como lhe dizer o que responder */
export async function iniciarNu(abertos) {
  const { filho, encerrar } = lancar(abertos, [join(import.meta.dirname, 'nu.js')]);
  const [{ porta }] = await once(filho, 'message');
  return { porta, pid: filho.pid, encerrar, responder: (result) => perguntar(filho, { result }) };
}

/**
 * Roda um programa do bench até o fim.
 * @param mensagem o que se lhe diz por IPC: argumentos têm tamanho máximo
 * @throws se ele termina mal
 */
export async function rodar(abertos, programa, mensagem) {
  const { filho, fim } = lancar(abertos, [join(import.meta.dirname, programa)]);
  let erros = '';
  filho.stderr.on('data', (pedaco) => {
    erros += pedaco;
  });
  filho.send(mensagem);
  const [status] = await fim;
  if (status !== 0) throw new Error(`${programa} terminou com ${status}: ${erros}`);
}
