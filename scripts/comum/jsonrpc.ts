/** JSON-RPC à mão, sem o nosso cliente: o que os testes do contrato veem é o que viaja. */

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as pausa } from 'node:timers/promises';

export interface RespostaHttp {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly corpo: string;
}

export interface Resposta {
  readonly jsonrpc: '2.0';
  readonly id: string | number | null;
  // biome-ignore lint/suspicious/noExplicitAny: o teste diz o que espera de cada resultado
  readonly result?: any;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    // biome-ignore lint/suspicious/noExplicitAny: idem
    readonly data?: any;
  };
}

/** Abrir uma conexão por chamada custaria mais que a chamada. */
const agenteDeTodos = new Agent({ keepAlive: true });

/** Fecha as conexões em que nada se pede: quem atendia nelas acabou, e outro pode estar na mesma porta. */
export function esquecerConexoes(): void {
  for (const socket of Object.values(agenteDeTodos.freeSockets).flat()) socket?.destroy();
}

/** Por qual agente e até quando; sem isto, por conexões que todas as chamadas dividem, sem prazo. */
export interface ComoPedir {
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

interface PedidoHttp extends ComoPedir {
  readonly method?: string;
  readonly caminho?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly corpo?: string | Buffer;
}

export function http(
  url: string,
  { method = 'POST', caminho = '/', headers = {}, corpo, agent, signal }: PedidoHttp = {},
): Promise<RespostaHttp> {
  return new Promise((resolve, reject) => {
    const req = request(
      new URL(caminho, url),
      { method, headers, agent: agent ?? agenteDeTodos, ...(signal ? { signal } : {}) },
      (res) => {
        const pedacos: Buffer[] = [];
        res.on('data', (pedaco: Buffer) => pedacos.push(pedaco));
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, corpo: Buffer.concat(pedacos).toString() }),
        );
        res.on('error', reject);
        res.on('close', () => reject(new Error('a resposta parou no meio')));
      },
    );
    req.on('error', reject);
    req.end(corpo);
  });
}

export function postar(url: string, corpo: unknown, token?: string, como: ComoPedir = {}): Promise<RespostaHttp> {
  return http(url, {
    ...como,
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    corpo: typeof corpo === 'string' || Buffer.isBuffer(corpo) ? corpo : JSON.stringify(corpo),
  });
}

/** Uma chamada; @returns a resposta JSON-RPC inteira */
export async function chamar(url: string, method: string, params?: unknown, token?: string): Promise<Resposta> {
  const { corpo } = await postar(
    url,
    { jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) },
    token,
  );
  return JSON.parse(corpo) as Resposta;
}

const SERVICO_INDISPONIVEL = 2009;
/** Quem não alcança os dados por mais que isto não está só numa máquina ocupada. */
const PACIENCIA_MS = 60_000;

/** O contrato manda tentar de novo enquanto o serviço não alcança os dados. @returns a última resposta */
async function insistir(url: string, method: string, params?: unknown, token?: string): Promise<Resposta> {
  const inicioMs = performance.now();
  for (;;) {
    const resposta = await chamar(url, method, params, token);
    if (resposta.error?.code !== SERVICO_INDISPONIVEL) return resposta;
    if (performance.now() - inicioMs > PACIENCIA_MS) return resposta;
    await pausa(resposta.error.data.tenteEmMs);
  }
}

let recusaInsiste = false;

/** Daqui em diante `recusa` também insiste: o 2009 deixa de ser a recusa que se espera. */
export function insistirNoIndisponivel(): void {
  recusaInsiste = true;
}

/** Uma chamada que tem de dar certo. */
// biome-ignore lint/suspicious/noExplicitAny: o teste diz o que espera de cada resultado
export async function resultado(url: string, method: string, params?: unknown, token?: string): Promise<any> {
  const { result, error } = await insistir(url, method, params, token);
  if (error) throw new Error(`${method} deu ${error.code}: ${error.message} ${JSON.stringify(error.data)}`);
  return result;
}

/** Uma chamada que tem de ser recusada; @returns o erro */
export async function recusa(
  url: string,
  method: string,
  params?: unknown,
  token?: string,
): Promise<NonNullable<Resposta['error']>> {
  const { result, error } = await (recusaInsiste ? insistir : chamar)(url, method, params, token);
  if (!error) throw new Error(`${method} devia ser recusado e deu ${JSON.stringify(result)}`);
  return error;
}
