/** Os processos de verdade, de `dist/`, cada um numa porta livre e com seus próprios dados. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { argumentosDoEstado } from './estado.ts';

const RAIZ = join(import.meta.dirname, '..', '..');
const PRONTO = /pronto em (http\S+)/;

/** Os testes falam mais depressa que uma pessoa. */
export const SEM_LIMITES = ['--limite-mensagens', '0', '--limite-registros', '0'] as const;

/** O contrato: um processo termina em ordem em 5 s. O resto é o que uma máquina ocupada pode atrasar a medida. */
export const FIM_EM_ORDEM_MS = 5_000 + 3_000;

export interface Processo extends AsyncDisposable {
  readonly url: string;
  readonly porta: number;
  readonly pid: number;
  /** Tudo o que escreveu até agora. */
  readonly saida: () => string;
  readonly erros: () => string;
  /** @returns o status de saída, ou o sinal que o matou */
  readonly encerrar: (sinal?: NodeJS.Signals) => Promise<number | string>;
}

export interface Terminado {
  readonly status: number | null;
  readonly saida: string;
  readonly erros: string;
}

type Qual = 'binder' | 'server' | 'cliente';

interface Partida {
  readonly argumentos?: readonly string[];
  readonly ambiente?: Readonly<Record<string, string>>;
  /** O que roda o processo no lugar dele, com o comando inteiro no fim: um shell que antes muda um limite, por exemplo. */
  readonly envoltorio?: readonly string[];
}

/** O ambiente sem as variáveis CHAT_ de quem roda os testes. */
function ambienteLimpo(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const herdado = Object.entries(process.env).filter(([nome]) => !nome.startsWith('CHAT_'));
  return { ...Object.fromEntries(herdado), ...extra };
}

function lancar(qual: Qual, { argumentos = [], ambiente, envoltorio = [] }: Partida): ChildProcess {
  const programa = join(RAIZ, 'dist', qual, 'main.js');
  const [comando, ...resto] = [...envoltorio, process.execPath, programa, ...argumentos] as [string, ...string[]];
  return spawn(comando, resto, {
    env: ambienteLimpo(ambiente),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Inicia um processo e espera que possa servir. */
export async function iniciar(qual: Qual, partida: Partida = {}): Promise<Processo> {
  const filho = lancar(qual, partida);
  let saida = '';
  let erros = '';
  filho.stderr?.on('data', (pedaco) => {
    erros += pedaco;
  });
  const fim = new Promise<number | string>((resolve) => {
    filho.once('exit', (status, sinal) => resolve(status ?? sinal ?? 'desconhecido'));
  });
  const url = await new Promise<string>((resolve, reject) => {
    filho.stdout?.on('data', (pedaco) => {
      saida += pedaco;
      const pronto = PRONTO.exec(saida)?.[1];
      if (pronto && saida.includes('\n')) resolve(pronto);
    });
    fim.then((status) => reject(new Error(`${qual} terminou com ${status} antes de poder servir: ${erros}`)));
  });
  const encerrar = (sinal: NodeJS.Signals = 'SIGTERM') => {
    filho.kill(sinal);
    return fim;
  };
  return {
    url,
    porta: Number(new URL(url).port),
    pid: filho.pid as number,
    saida: () => saida,
    erros: () => erros,
    encerrar,
    [Symbol.asyncDispose]: async () => {
      await encerrar('SIGKILL');
    },
  };
}

/** Roda um processo que deve terminar sozinho. */
export function rodar(qual: Qual, partida: Partida = {}): Promise<Terminado> {
  const filho = lancar(qual, partida);
  let saida = '';
  let erros = '';
  filho.stdout?.on('data', (pedaco) => {
    saida += pedaco;
  });
  filho.stderr?.on('data', (pedaco) => {
    erros += pedaco;
  });
  return new Promise((resolve) => filho.once('close', (status) => resolve({ status, saida, erros })));
}

export function iniciarBinder(partida: Partida = {}): Promise<Processo> {
  return iniciar('binder', { ...partida, argumentos: ['--porta', '0', ...(partida.argumentos ?? [])] });
}

/**
 * @param dados a pasta em que ficam o store e usuarios.json
 */
export async function iniciarServidor(dados: string, binder: string, partida: Partida = {}): Promise<Processo> {
  return iniciar('server', {
    ...partida,
    argumentos: [
      ...['--porta', '0', '--binder', binder],
      ...['--dados', join(dados, 'dados'), '--usuarios', join(dados, 'usuarios.json')],
      ...(await argumentosDoEstado(dados)),
      ...(partida.argumentos ?? []),
    ],
  });
}

export interface Sistema extends AsyncDisposable {
  readonly binder: Processo;
  readonly servidor: Processo;
  readonly pasta: PastaTemporaria;
}

/** Um binder e um servidor, com dados que somem no fim: `await using sistema = await iniciarSistema()`. */
export async function iniciarSistema(partidaDoServidor: Partida = {}): Promise<Sistema> {
  const pasta = pastaTemporaria();
  const binder = await iniciarBinder();
  const servidor = await iniciarServidor(pasta.caminho, binder.url, partidaDoServidor);
  return {
    binder,
    servidor,
    pasta,
    [Symbol.asyncDispose]: async () => {
      await servidor[Symbol.asyncDispose]();
      await binder[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}

/** Ninguém responde aqui: um servidor serve do mesmo modo, e só não se registra. */
export const SEM_BINDER = 'http://127.0.0.1:1';

export type SoServidor = Omit<Sistema, 'binder'>;

/** Um servidor só, para o que não precisa que alguém o ache. */
export async function iniciarSemBinder(partida: Partida = {}): Promise<SoServidor> {
  const pasta = pastaTemporaria();
  const servidor = await iniciarServidor(pasta.caminho, SEM_BINDER, partida);
  return {
    servidor,
    pasta,
    [Symbol.asyncDispose]: async () => {
      await servidor[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}
