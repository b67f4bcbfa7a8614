/** O que uma parte do bench tem à mão, e os processos que ela mede: os de verdade, com dados que somem no fim. */

import { join } from 'node:path';
import { pastaTemporaria } from '../comum/pasta.ts';
import type { Pilha } from '../comum/pilha.ts';
import {
  type Executavel,
  iniciar,
  iniciarServidor,
  type Partida,
  type Processo,
  SEM_LIMITES,
} from '../comum/processos.ts';
import { lancar, type Programa } from '../comum/programa.ts';
import type { Linha } from './medidas/linhas.ts';

export interface Bancada {
  readonly pilha: Pilha;
  /** O checkout que se mede. */
  readonly raiz: string;
  /** Uma pasta que todas as partes medidas deste checkout compartilham. */
  readonly pastaComum: string;
  /** Voltas de cada comparação. */
  readonly rodadas: number;
  /** Quanto dura cada medida de vazão. */
  readonly duracaoMs: number;
  /** A pasta em que cada processo deixa um perfil de CPU. */
  readonly perfil: string | undefined;
  readonly linha: (linha: Linha) => void;
  readonly conferencia: (confirmadas: number, entregas: number, defeitos: readonly string[]) => void;
}

export interface Parte {
  readonly nome: string;
  readonly descricao: string;
  readonly medir: (bancada: Bancada) => Promise<void>;
}

export function pastaDaParte({ pilha }: Bancada): string {
  return pilha.use(pastaTemporaria()).caminho;
}

function argumentosDePerfil({ perfil }: Bancada): string[] {
  return perfil ? ['--cpu-prof', `--cpu-prof-dir=${perfil}`] : [];
}

/** Fecha em ordem, para que um perfil pedido chegue a ser gravado. */
function fecharNoFim<P extends Programa>({ pilha }: Bancada, programa: P): P {
  pilha.defer(() => programa.encerrarEmOrdem());
  return programa;
}

function comPerfil(bancada: Bancada, { execArgv = [], ...partida }: Partida): Partida {
  // Só quem carrega um módulo a mais responde por IPC.
  return {
    ...partida,
    raiz: bancada.raiz,
    execArgv: [...argumentosDePerfil(bancada), ...execArgv],
    ipc: execArgv.length > 0,
  };
}

export async function abrirProcesso(bancada: Bancada, qual: Executavel, partida: Partida = {}): Promise<Processo> {
  const argumentos = ['--porta', '0', ...(partida.argumentos ?? [])];
  return fecharNoFim(bancada, await iniciar(qual, comPerfil(bancada, { ...partida, argumentos })));
}

export async function abrirServidor(
  bancada: Bancada,
  pasta: string,
  binder: Processo,
  partida: Partida = {},
): Promise<Processo> {
  const argumentos = [...SEM_LIMITES, ...(partida.argumentos ?? [])];
  const servidor = await iniciarServidor(pasta, binder.url, comPerfil(bancada, { ...partida, argumentos }));
  return fecharNoFim(bancada, servidor);
}

export interface SistemaMedido {
  readonly binder: Processo;
  readonly servidor: Processo;
}

/** @param pasta a dos dados; sem ela, uma vazia */
export async function abrirSistema(bancada: Bancada, pasta?: string, partida: Partida = {}): Promise<SistemaMedido> {
  const binder = await abrirProcesso(bancada, 'binder');
  const servidor = await abrirServidor(bancada, pasta ?? pastaDaParte(bancada), binder, partida);
  return { binder, servidor };
}

export interface ServidorNu {
  readonly porta: number;
  /** Quanto levou do início até poder servir. */
  readonly prontoEmMs: number;
  /** Diz o que ele responde daqui em diante. */
  readonly responder: (result: unknown) => Promise<void>;
  readonly encerrar: () => Promise<unknown>;
}

export async function abrirNu(bancada: Bancada): Promise<ServidorNu> {
  const inicioMs = performance.now();
  const argumentos = [...argumentosDePerfil(bancada), join(import.meta.dirname, 'nu.js')];
  const programa = fecharNoFim(bancada, lancar([process.execPath, ...argumentos], { ipc: true }));
  const { porta } = (await programa.perguntar({ result: null })) as { porta: number };
  return {
    porta,
    prontoEmMs: performance.now() - inicioMs,
    responder: async (result) => {
      await programa.perguntar({ result });
    },
    encerrar: programa.encerrarEmOrdem,
  };
}
