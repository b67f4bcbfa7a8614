/** Uma chamada a um servidor ou a um binder, com um prazo. */

import type { Agent } from 'node:http';
import { postar, type Resposta } from '../comum/jsonrpc.ts';

const PRAZO_MS = 8_000;

/** O servidor respondeu com um erro do contrato que não passa com o tempo. */
export class Recusa extends Error {
  readonly code: number;

  constructor(method: string, { code, message }: NonNullable<Resposta['error']>) {
    super(`${method} deu ${code}: ${message}`);
    this.code = code;
  }
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
