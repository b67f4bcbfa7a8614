/** O que fazer quando uma chamada não tem resposta: procurar de novo, e tentar outra vez. */

import { setTimeout as esperar } from 'node:timers/promises';
import { type ComoChamar, chamar, Recusa } from './chamada.ts';
import type { Contas } from './contas.ts';
import type { Rede } from './rede.ts';

const NOVA_TENTATIVA_MS = 100;

/** Recusas que passam com o tempo: o limite, e o disco ou o servidor que não podem agora. */
const PASSAGEIRAS = new Set([1001, 2008, 2009]);

export interface Params {
  readonly esperarMs?: number;
  readonly [nome: string]: unknown;
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
