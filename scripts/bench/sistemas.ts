/** Sistemas que se comparam lado a lado: um ou vários servidores, com os dados em si ou num Redis. */

import { cpuMs } from '../comum/consumo.ts';
import { iniciarRedis, type Redis } from '../comum/redis.ts';
import { abrirProcesso, abrirServidor, type Bancada, pastaDaParte } from './bancada.ts';

const COM_DURABILIDADE = ['--appendonly', 'yes'];

export interface Sistema {
  /** As portas dos servidores. */
  readonly portas: readonly [number, ...number[]];
  readonly pids: readonly number[];
  readonly redis: Redis | undefined;
}

/** @param opcoes as do servidor, além das que toda medida tem */
export function abrirEmbutido(bancada: Bancada, ...opcoes: string[]): Promise<Sistema> {
  return abrirServidores(bancada, 1, opcoes, undefined);
}

/** @param quantos servidores, sobre um Redis só deles */
export async function abrirNoRedis(bancada: Bancada, quantos: number, ...opcoes: string[]): Promise<Sistema> {
  const redis = bancada.pilha.use(await iniciarRedis(...COM_DURABILIDADE));
  return abrirServidores(bancada, quantos, ['--redis', redis.url, ...opcoes], redis);
}

async function abrirServidores(
  bancada: Bancada,
  quantos: number,
  argumentos: readonly string[],
  redis: Redis | undefined,
): Promise<Sistema> {
  const binder = await abrirProcesso(bancada, 'binder');
  const abrir = () => abrirServidor(bancada, pastaDaParte(bancada), binder, { argumentos });
  const primeiro = await abrir();
  const outros: (typeof primeiro)[] = [];
  while (outros.length < quantos - 1) outros.push(await abrir());
  return {
    portas: [primeiro.porta, ...outros.map(({ porta }) => porta)],
    pids: [primeiro, ...outros].map(({ pid }) => pid),
    redis,
  };
}

/** Ms de CPU. */
export interface Gasto {
  readonly servidoresMs: number;
  readonly redisMs: number;
}

/** @returns o que o sistema gastou enquanto algo se fazia, e o que isso devolveu */
export async function medirGasto<T>(sistema: Sistema, agir: () => Promise<T>): Promise<Gasto & { readonly feito: T }> {
  const antes = gastoAte(sistema);
  const feito = await agir();
  const depois = gastoAte(sistema);
  return {
    servidoresMs: depois.servidoresMs - antes.servidoresMs,
    redisMs: depois.redisMs - antes.redisMs,
    feito,
  };
}

function gastoAte({ pids, redis }: Sistema): Gasto {
  const cpuDeTodos = (lista: readonly number[]) => lista.reduce((soma, pid) => soma + cpuMs(pid), 0);
  return { servidoresMs: cpuDeTodos(pids), redisMs: cpuDeTodos(redis?.pids() ?? []) };
}
