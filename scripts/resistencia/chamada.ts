/** Uma chamada, e o que fazer quando ela não tem resposta: procurar de novo, e tentar outra vez. */

import type { Agent } from 'node:http';
import { setTimeout as esperar } from 'node:timers/promises';
import { postar, type Resposta } from '../comum/jsonrpc.ts';
import type { Contas } from './contas.ts';
import type { Rede } from './rede.ts';

const PRAZO_MS = 8_000;
const NOVA_TENTATIVA_MS = 100;

/** Recusas que passam com o tempo: o limite, e o disco ou o servidor que não podem agora. */
const PASSAGEIRAS = new Set([1001, 2008, 2009]);

/** O servidor respondeu com um erro do contrato que não passa com o tempo. */
export class Recusa extends Error {
  readonly code: number;

  constructor(method: string, { code, message }: NonNullable<Resposta['error']>) {
    super(`${method} deu ${code}: ${message}`);
    this.code = code;
  }
}

export interface Params {
  readonly esperarMs?: number;
  readonly [nome: string]: unknown;
}

export interface ComoChamar {
  readonly token?: string | undefined;
  readonly agent?: Agent;
  readonly prazoMs?: number;
}

/** @throws se não houve uma resposta inteira no prazo */
export async function chamar(
  porta: number,
  method: string,
  params: object,
  { token, agent, prazoMs = PRAZO_MS }: ComoChamar = {},
): Promise<Resposta> {
  const chamada = { jsonrpc: '2.0', id: 1, method, params };
  const como = { signal: AbortSignal.timeout(prazoMs), ...(agent ? { agent } : {}) };
  const { corpo } = await postar(`http://127.0.0.1:${porta}`, chamada, token, como);
  return JSON.parse(corpo) as Resposta;
}

/**
 * Insiste até que o servidor responda: só serve para o que pode ser repetido.
 * @param contas recebem quantas tentativas falharam, e quanto se esperou
 * @throws Recusa
 */
export async function insistir<T>(
  rede: Rede,
  contas: Contas,
  method: string,
  params: Params,
  como: ComoChamar = {},
): Promise<T> {
  const inicioMs = performance.now();
  for (;;) {
    const resposta = await chamar(await rede.porta(method), method, params, como).catch(() => undefined);
    if (resposta && !resposta.error) {
      contas.respondida(performance.now() - inicioMs - (params.esperarMs ?? 0));
      return resposta.result;
    }
    if (resposta?.error && !PASSAGEIRAS.has(resposta.error.code)) throw new Recusa(method, resposta.error);
    contas.semResposta();
    await esperar(resposta?.error?.data?.tenteEmMs ?? NOVA_TENTATIVA_MS);
    await rede.procurar(method);
  }
}
