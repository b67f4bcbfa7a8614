/** Os processos de verdade, de `dist/`, cada um numa porta livre e com seus próprios dados. */

import { join } from 'node:path';
import { type Lancamento, lancar, type Programa } from './programa.ts';
import { RAIZ } from './raiz.ts';

const PRONTO = /pront[oa] em (http\S+)\n/;

export type Executavel = 'binder' | 'server' | 'cliente' | 'janela';

/** Quem testa e quem mede fala mais depressa que uma pessoa, e de um endereço só. */
export const SEM_LIMITES = ['--limite-mensagens', '0', '--limite-registros', '0'] as const;

export interface Partida extends Lancamento {
  readonly argumentos?: readonly string[];
  /** Os argumentos do próprio Node. */
  readonly execArgv?: readonly string[];
  /** O que roda o processo no lugar dele, com o comando inteiro no fim: um shell que antes muda um limite, por exemplo. */
  readonly envoltorio?: readonly string[];
  /** O checkout de que se roda; sem isto, este. */
  readonly raiz?: string;
}

export interface Processo extends Programa {
  readonly url: string;
  readonly porta: number;
  /** Quanto levou do início até poder servir. */
  readonly prontoEmMs: number;
}

export interface Terminado {
  readonly status: number | null;
  readonly saida: string;
  readonly erros: string;
}

/** O que se roda de um executável. */
export function mainDe(qual: Executavel, raiz = RAIZ): string {
  return join(raiz, 'dist', qual, 'main.js');
}

function lancarExecutavel(qual: Executavel, partida: Partida): Programa {
  const { argumentos = [], execArgv = [], envoltorio = [], raiz } = partida;
  return lancar([...envoltorio, process.execPath, ...execArgv, mainDe(qual, raiz), ...argumentos], partida);
}

/**
 * Inicia um processo e espera que possa servir.
 * @throws se ele termina antes, com o que escreveu nos erros
 */
export async function iniciar(qual: Executavel, partida: Partida = {}): Promise<Processo> {
  const inicioMs = performance.now();
  const programa = lancarExecutavel(qual, partida);
  const url = await new Promise<string>((resolve, reject) => {
    programa.aoEscrever(() => {
      const pronto = PRONTO.exec(programa.saida())?.[1];
      if (pronto) resolve(pronto);
    });
    programa.lido.then((status) => {
      reject(new Error(`${qual} terminou com ${status} antes de poder servir: ${programa.erros()}`));
    }, reject);
  });
  return { ...programa, url, porta: Number(new URL(url).port), prontoEmMs: performance.now() - inicioMs };
}

/** Roda um processo que deve terminar sozinho. */
export async function rodar(qual: Executavel, partida: Partida = {}): Promise<Terminado> {
  const programa = lancarExecutavel(qual, partida);
  const status = await programa.lido;
  return { status: typeof status === 'number' ? status : null, saida: programa.saida(), erros: programa.erros() };
}

export function iniciarBinder(partida: Partida = {}): Promise<Processo> {
  return iniciar('binder', { ...partida, argumentos: ['--porta', '0', ...(partida.argumentos ?? [])] });
}

/**
 * @param pasta em que ficam o store e usuarios.json
 * @param binder a URL dele
 */
export function iniciarServidor(pasta: string, binder: string, partida: Partida = {}): Promise<Processo> {
  return iniciar('server', {
    ...partida,
    argumentos: [
      ...['--porta', '0', '--binder', binder],
      ...['--dados', join(pasta, 'dados'), '--usuarios', join(pasta, 'usuarios.json')],
      ...(partida.argumentos ?? []),
    ],
  });
}
