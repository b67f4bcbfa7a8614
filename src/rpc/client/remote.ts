/**
 * Contrato + endereço → um remoto tipado: chamar um procedimento é chamar uma função.
 * Uma falha é ou um erro do contrato (o outro lado respondeu) ou UnreachableError (não se soube a resposta).
 */

import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { rootCertificates, type TLSSocket } from 'node:tls';
import ClientBrowser from 'jayson/lib/client/browser/index.js';
import type { Contract, ParamsInput, Procedure, Procedures, Result } from '../../contract/procedure.ts';
import { emErroDoContrato, lerResposta } from './resposta.ts';

const PRAZO_PADRAO_MS = 10_000;

/** Uma resposta maior não é de um processo nosso. */
const MAXIMO_DA_RESPOSTA_BYTES = 16 * 1024 * 1024;

/** Menor que a ociosidade que a borda tolera, para que nunca se reuse uma conexão que ela está fechando. */
const OCIOSIDADE_MS = 30_000;

export interface CallOptions {
  /** Vai em `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
  /** Até quando se espera pela resposta, em ms (10.000). */
  readonly prazoMs?: number;
  readonly signal?: AbortSignal;
  /** A conexão caiu, e a mesma chamada vai sair outra vez. */
  readonly aoRepetir?: (erro: UnreachableError) => void;
}

export type MotivoDeFalha =
  /** A conexão não se abriu: nada chegou ao outro lado. */
  | 'recusada'
  /** A conexão caiu no meio: não se sabe se o pedido agiu. */
  | 'interrompida'
  /** O prazo passou: não se sabe se o pedido agiu. */
  | 'prazo'
  /** Veio algo que não é uma resposta do contrato. */
  | 'resposta_invalida'
  /** Quem chamou desistiu. */
  | 'cancelada';

/** Não se soube a resposta de uma chamada. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly motivo: MotivoDeFalha;

  constructor(motivo: MotivoDeFalha, message: string, cause?: unknown) {
    super(message, { cause });
    this.motivo = motivo;
  }
}

export type Remote<P extends Procedures> = {
  readonly [K in keyof P]: (params: ParamsInput<P[K]>, options?: CallOptions) => Promise<Result<P[K]>>;
};

/** As conexões de um processo com os outros. */
export interface Conexoes {
  readonly request: (url: string, options: RequestOptions) => ClientRequest;
  /** Fecha as que estão abertas. */
  readonly destroy: () => void;
}

/** @param ca a autoridade (PEM) em que confiar além das conhecidas, nas conexões https */
export function criarConexoes(ca?: Buffer): Conexoes {
  const options = { keepAlive: true, timeout: OCIOSIDADE_MS };
  const agent = new Agent(options);
  const tlsAgent = new TlsAgent(ca ? { ...options, ca: [...rootCertificates, ca] } : options);
  return {
    request: (url, pedido) =>
      url.startsWith('https:') ? tlsRequest(url, { ...pedido, agent: tlsAgent }) : request(url, { ...pedido, agent }),
    destroy: () => {
      agent.destroy();
      tlsAgent.destroy();
    },
  };
}

/** @param url `http://HOST:PORTA` ou `https://HOST:PORTA` */
export function criarRemoto<P extends Procedures>(contract: Contract<P>, url: string, conexoes: Conexoes): Remote<P> {
  const remoto: Record<string, unknown> = {};
  for (const [nome, procedure] of Object.entries<Procedure>(contract.procedures)) {
    remoto[nome] = (params: Readonly<Record<string, unknown>>, options: CallOptions = {}) =>
      chamar(nome, procedure, params, (corpo) => postar(url, conexoes, corpo, options), options.aoRepetir);
  }
  return remoto as Remote<P>;
}

type Transporte = (corpo: string) => Promise<string>;

async function chamar(
  nome: string,
  procedure: Procedure,
  params: Readonly<Record<string, unknown>>,
  transporte: Transporte,
  aoRepetir: CallOptions['aoRepetir'],
): Promise<unknown> {
  const transportar = podeRepetir(procedure, params) ? repetindoUmaVez(transporte, aoRepetir) : transporte;
  const resultado = await pedir(nome, params, transportar);
  const lido = procedure.resultado.safeParse(resultado);
  if (!lido.success) throw new UnreachableError('resposta_invalida', `A resposta de ${nome} não é a do contrato.`);
  return lido.data;
}

function podeRepetir({ repeticao }: Procedure, params: Readonly<Record<string, unknown>>): boolean {
  return repeticao === 'segura' || (repeticao === 'com_chave' && params['chave'] != null);
}

/** Só quando a conexão caiu: depois de um prazo, repetir dobraria a espera de quem chamou. */
function repetindoUmaVez(transporte: Transporte, aoRepetir: CallOptions['aoRepetir']): Transporte {
  return async (corpo) => {
    try {
      return await transporte(corpo);
    } catch (erro) {
      if (!(erro instanceof UnreachableError) || erro.motivo !== 'interrompida') throw erro;
      aoRepetir?.(erro);
      return transporte(corpo);
    }
  };
}

/** O envelope é do jayson: ele dá o id e lê a resposta; o transporte é nosso. */
function pedir(nome: string, params: Readonly<Record<string, unknown>>, transporte: Transporte): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cliente = new ClientBrowser((corpo, responder) => {
      transporte(corpo).then(
        (resposta) => responder(null, resposta),
        (falha: Error) => responder(falha),
      );
    }, {});
    const pedido = cliente.request(nome, params, undefined, (erro: unknown, resposta: unknown) => {
      if (erro instanceof UnreachableError) return reject(erro);
      const lida = lerResposta(resposta, pedido.id);
      if (lida === undefined) {
        return reject(new UnreachableError('resposta_invalida', `O que veio de ${nome} não é JSON-RPC 2.0.`));
      }
      if (!lida.error) return resolve(lida.result);
      const { code } = lida.error;
      const desconhecido = `${nome} deu um erro que o contrato não conhece (${code}).`;
      reject(emErroDoContrato(lida.error) ?? new UnreachableError('resposta_invalida', desconhecido));
    }) as { id: unknown };
  });
}

function postar(
  url: string,
  conexoes: Conexoes,
  corpo: string,
  { bearer, prazoMs = PRAZO_PADRAO_MS, signal }: CallOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new UnreachableError('cancelada', 'A chamada foi cancelada.'));
    let motivo: MotivoDeFalha | undefined;
    const req = conexoes.request(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(corpo),
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
      },
    });

    // O prazo é nosso e um só por chamada: o `timeout` do socket cortaria uma espera longa e legítima.
    const prazo = setTimeout(() => desistir('prazo'), prazoMs);
    const cancelar = () => desistir('cancelada');
    signal?.addEventListener('abort', cancelar, { once: true });
    req.setTimeout(0);

    function desistir(porque: MotivoDeFalha): void {
      motivo ??= porque;
      req.destroy();
    }
    function limpar(): void {
      clearTimeout(prazo);
      signal?.removeEventListener('abort', cancelar);
    }
    function falhar(erro: NodeJS.ErrnoException): void {
      limpar();
      const recusa = recusaDoTls(req.socket as TLSSocket | null, erro);
      if (motivo || !recusa) reject(emInalcancavel(motivo ?? motivoDaQueda(erro), url, erro));
      else reject(new UnreachableError('recusada', `${url} ${recusa}.`, erro));
    }

    req.on('error', falhar);
    // Nem todo fim vem com um erro: um 101 que ninguém pediu, por exemplo, só fecha.
    const fechou = () => falhar(new Error('a conexão fechou sem resposta'));
    req.once('close', fechou);
    req.on('response', (res) => {
      req.off('close', fechou);
      lerTexto(res, () => desistir('resposta_invalida')).then((texto) => {
        limpar();
        // Um 4xx da borda traz um erro JSON-RPC: quem lê o envelope o entende.
        resolve(texto);
      }, falhar);
    });
    req.end(corpo);
  });
}

function lerTexto(res: IncomingMessage, aoPassarDoLimite: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const pedacos: Buffer[] = [];
    let bytes = 0;
    res.on('data', (pedaco: Buffer) => {
      bytes += pedaco.length;
      if (bytes > MAXIMO_DA_RESPOSTA_BYTES) aoPassarDoLimite();
      else pedacos.push(pedaco);
    });
    res.on('end', () => resolve(Buffer.concat(pedacos).toString('utf8')));
    res.on('error', reject);
    res.on('close', () => reject(new Error('a resposta parou no meio')));
  });
}

/** Falhas em que nem um byte do pedido saiu. */
const NUNCA_CHEGOU = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** Numa conexão já aberta, os mesmos códigos não dizem se o pedido chegou. */
function motivoDaQueda({ code = '', syscall }: NodeJS.ErrnoException): MotivoDeFalha {
  const aberta = syscall === 'read' || syscall === 'write';
  return !aberta && NUNCA_CHEGOU.has(code) ? 'recusada' : 'interrompida';
}

function emInalcancavel(motivo: MotivoDeFalha, url: string, causa: Error): UnreachableError {
  const FRASES: Readonly<Record<MotivoDeFalha, string>> = {
    recusada: `Não há ninguém em ${url}.`,
    interrompida: `A conexão com ${url} caiu.`,
    prazo: `${url} não respondeu a tempo.`,
    resposta_invalida: `${url} respondeu algo que não é do contrato.`,
    cancelada: 'A chamada foi cancelada.',
  };
  return new UnreachableError(motivo, FRASES[motivo], causa);
}

/** O TLS não se firmou, e o pedido não chegou a sair. @returns o que dizer do outro lado, ou `undefined` */
function recusaDoTls(socket: TLSSocket | null, { code }: NodeJS.ErrnoException): string | undefined {
  if (code === 'EPROTO') return 'não fala TLS; verifique o endereço e a porta';
  if (!socket?.authorizationError) return undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'tem um certificado que é de outro endereço';
  if (code === 'CERT_HAS_EXPIRED') return 'tem um certificado vencido';
  return `tem um certificado de autoridade desconhecida; se ela é privada, indique-a em --tls-ca (${code})`;
}
