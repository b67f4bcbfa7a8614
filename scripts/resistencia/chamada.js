/** Uma chamada JSON-RPC, e o que fazer quando ela não tem resposta: procurar de novo, e tentar outra vez. */

import { request } from 'node:http';
import { setTimeout as esperar } from 'node:timers/promises';

const PRAZO_MS = 8_000;
const NOVA_TENTATIVA_MS = 100;

/** Recusas que passam com o tempo: o limite, e o disco ou o servidor que não podem agora. */
const PASSAGEIRAS = new Set([1001, 2008, 2009]);

/** O servidor respondeu com um erro do contrato que não passa com o tempo. */
export class Recusa extends Error {
  constructor(method, { code, message }) {
    super(`${method} deu ${code}: ${message}`);
    this.code = code;
  }
}

/** @returns a resposta JSON-RPC; rompe-se quando não houve uma inteira */
export function chamar(porta, method, params, { token, agent, prazoMs = PRAZO_MS } = {}) {
  const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return new Promise((resolve, reject) => {
    const req = request({
      ...{ port: porta, host: '127.0.0.1', method: 'POST', agent, signal: AbortSignal.timeout(prazoMs) },
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(corpo),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
    req.on('error', reject);
    req.on('response', (res) => {
      const pedacos = [];
      res.on('data', (pedaco) => pedacos.push(pedaco));
      res.on('error', reject);
      res.on('close', () => reject(new Error('a resposta parou no meio')));
      res.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(pedacos).toString()));
        } catch (erro) {
          reject(erro);
        }
      });
    });
    req.end(corpo);
  });
}

/**
 * Insiste até que o servidor responda: só serve para o que pode ser repetido.
 * @param rede por onde se chama
 * @param contas recebem quantas tentativas falharam, e quanto se esperou
 * @throws Recusa
 */
export async function insistir(rede, contas, method, params, opcoes = {}) {
  const inicioMs = performance.now();
  for (;;) {
    const resposta = await chamar(await rede.porta(method), method, params, opcoes).catch(() => undefined);
    if (resposta?.error === undefined && resposta !== undefined) {
      contas.respondida(performance.now() - inicioMs - (params.esperarMs ?? 0));
      return resposta.result;
    }
    if (resposta && !PASSAGEIRAS.has(resposta.error.code)) throw new Recusa(method, resposta.error);
    contas.semResposta();
    await esperar(resposta?.error.data?.tenteEmMs ?? NOVA_TENTATIVA_MS);
    await rede.procurar(method);
  }
}
