/**
 * A borda HTTP: Host, caminho, método, tipo de mídia, tamanho e tempo; bytes entram, bytes saem.
 * Não conhece JSON-RPC além do corpo de erro que o contrato pede, nem procedimento algum.
 */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ContractError } from '../../contract/errors.ts';
import { ConexoesAbertas, ehLoopback } from './conexoes-abertas.ts';
import { criarDesistencias } from './desistencias.ts';
import type { CallContext, Responder } from './responder.ts';
import { RespostasPendentes } from './respostas-pendentes.ts';
import { Rodizio } from './rodizio.ts';
import type { Corpo } from './serializacao.ts';

/** O contrato: um corpo maior é recusado sem ser lido. */
export const MAXIMO_DO_CORPO_BYTES = 65_536;

/** O contrato: cabeçalhos ou corpo que não chegam neste tempo fecham a conexão. */
const PRAZO_DE_CHEGADA_MS = 10_000;
const CONFERENCIA_DE_PRAZOS_MS = 1_000;

/**
 * Por quanto tempo uma conexão ociosa fica aberta. Maior que a ociosidade dos nossos clientes:
 * quem reusa uma conexão no instante em que o servidor a fecha recebe ECONNRESET.
 */
const OCIOSIDADE_MS = 75_000;

export interface Health {
  readonly ok: boolean;
  readonly detalhes: Readonly<Record<string, unknown>>;
}

interface EdgeOptions {
  readonly host: string;
  /** 0 toma uma porta livre. */
  readonly porta: number;
  readonly responder: Responder;
  /** O que `GET /saude` conta. */
  readonly saude: () => Health;
  /** O nome deste processo em `/saude`. */
  readonly processo: 'binder' | 'servidor';
  readonly aoFalhar: (erro: unknown) => void;
  /** Certificado e chave em PEM: com eles a borda só fala https. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

/** Uma borda aberta. */
export interface Edge {
  readonly host: string;
  readonly porta: number;
  /** `http://HOST:PORTA`, ou https. */
  readonly url: string;
  /** A partir daqui `/saude` responde 503. */
  readonly anunciarFim: () => void;
  /** Para de aceitar, espera as respostas em andamento, derruba o resto. */
  readonly close: () => Promise<void>;
}

interface Recusa {
  readonly status: number;
  readonly message: string;
  readonly cabecalhos?: Readonly<Record<string, string>> | undefined;
}

/**
 * Abre a borda.
 * @throws o erro de `listen` (EADDRINUSE, EACCES, ENOTFOUND…), para quem sabe explicá-lo
 */
export async function abrirBorda(options: EdgeOptions): Promise<Edge> {
  const { host, porta, responder, saude, processo, aoFalhar, tls } = options;
  const pendentes = new RespostasPendentes();
  const rodizio = new Rodizio();
  let encerrando = false;
  let hostPermitido: (host: string | undefined) => boolean = () => true;

  const servidor = criarServidor(tls, (req, res) => {
    atender(req, res).catch((erro: unknown) => {
      aoFalhar(erro);
      res.destroy();
    });
  });

  async function atender(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (encerrando) res.shouldKeepAlive = false;
    if (!hostPermitido(req.headers.host)) return recusar(req, res, HOST_RECUSADO);
    const caminho = caminhoDe(req.url);
    if (caminho === '/saude') return responderSaude(req, res);
    if (caminho !== '/') return recusar(req, res, { status: 404, message: 'As chamadas vão para POST /.' });
    if (req.method !== 'POST') return recusar(req, res, metodoRecusado('POST'));
    if (!ehJsonEmUtf8(req.headers['content-type'])) return recusar(req, res, TIPO_RECUSADO);
    const corpo = await lerCorpo(req);
    if (corpo === 'abandonado') return;
    if (corpo === 'grande') return recusar(req, res, CORPO_RECUSADO);
    const context = contextoDe(req, res);
    const aVez = rodizio.esperar(req.socket, context.bearer);
    if (aVez) await aVez;
    if (req.socket.destroyed) return;
    const resposta = await responder(corpo, context);
    const bytes = resposta === undefined ? 0 : tamanhoDe(resposta);
    rodizio.anotar(context.bearer, bytes);
    const aSaida = rodizio.esperarSaida();
    if (aSaida) await aSaida;
    // Ninguém a leria, e o Node faria dela um erro com a pilha inteira.
    if (req.socket.destroyed) return;
    if (encerrando) res.shouldKeepAlive = false;
    if (resposta === undefined) {
      res.writeHead(204).end();
    } else {
      escrever(res, 200, resposta, { bytes });
      pendentes.anotar(res, req.socket, bytes);
    }
  }

  function responderSaude(req: IncomingMessage, res: ServerResponse): void {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      recusar(req, res, metodoRecusado('GET, HEAD'));
      return;
    }
    const { ok, detalhes } = saude();
    const serve = ok && !encerrando;
    const status = encerrando ? 'encerrando' : ok ? 'ok' : 'indisponivel';
    escrever(res, serve ? 200 : 503, JSON.stringify({ status, processo, ...detalhes }));
  }

  const conexoes = new ConexoesAbertas(servidor);
  await escutar(servidor, host, porta);
  const local = servidor.address() as AddressInfo;
  if (ehLoopback(local.address)) hostPermitido = soDestaMaquina(local.address);

  return {
    host,
    porta: local.port,
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${local.port}`,
    anunciarFim: () => {
      encerrando = true;
    },
    close: () => {
      encerrando = true;
      return conexoes.close();
    },
  };
}

function criarServidor(tls: EdgeOptions['tls'], atender: RequestListener): Server {
  const options = {
    keepAliveTimeout: OCIOSIDADE_MS,
    headersTimeout: PRAZO_DE_CHEGADA_MS,
    requestTimeout: PRAZO_DE_CHEGADA_MS,
    connectionsCheckingInterval: CONFERENCIA_DE_PRAZOS_MS,
    noDelay: true,
  };
  return tls
    ? createTlsServer({ ...options, ...tls, handshakeTimeout: PRAZO_DE_CHEGADA_MS }, atender)
    : createServer(options, atender);
}

function escutar(servidor: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    servidor.once('error', reject);
    servidor.listen({ host, port }, () => {
      servidor.off('error', reject);
      resolve();
    });
  });
}

/** @returns o corpo; `grande` assim que passa do limite; `abandonado` se a conexão caiu antes do fim */
function lerCorpo(req: IncomingMessage): Promise<Buffer | 'grande' | 'abandonado'> {
  if (Number(req.headers['content-length'] ?? 0) > MAXIMO_DO_CORPO_BYTES) return Promise.resolve('grande');
  return new Promise((resolve) => {
    const pedacos: Buffer[] = [];
    let bytes = 0;
    req.on('data', (pedaco: Buffer) => {
      bytes += pedaco.length;
      if (bytes > MAXIMO_DO_CORPO_BYTES) {
        req.pause();
        resolve('grande');
      } else {
        pedacos.push(pedaco);
      }
    });
    req.on('end', () => resolve(pedacos.length === 1 ? (pedacos[0] as Buffer) : Buffer.concat(pedacos, bytes)));
    req.on('close', () => resolve('abandonado'));
    req.on('error', () => resolve('abandonado'));
  });
}

function contextoDe(req: IncomingMessage, res: ServerResponse): CallContext {
  return {
    bearer: bearerDe(req.headers.authorization),
    enderecoRemoto: req.socket.remoteAddress ?? '',
    conexao: req.socket,
    aoDesistir: criarDesistencias(req.socket, res),
  };
}

/** O esquema não distingue maiúsculas (RFC 9110, seção 11.1). */
function bearerDe(authorization: string | undefined): string | undefined {
  return authorization && /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

function caminhoDe(url = '/'): string | undefined {
  if (url === '/') return url;
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    return undefined;
  }
}

const JSON_EM_UTF8 = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-?8"?[ \t]*)?;?[ \t]*$/i;

function ehJsonEmUtf8(contentType: string | undefined): boolean {
  return contentType === 'application/json' || (contentType !== undefined && JSON_EM_UTF8.test(contentType));
}

/** Contra DNS rebinding: quem escuta só nesta máquina só atende pelos nomes dela. */
function soDestaMaquina(endereco: string): (host: string | undefined) => boolean {
  const nomes = new Set(['localhost', '127.0.0.1', '[::1]', endereco.includes(':') ? `[${endereco}]` : endereco]);
  return (host) => host === undefined || nomes.has(host) || nomes.has(host.toLowerCase().replace(/:\d*$/, ''));
}

const HOST_RECUSADO: Recusa = { status: 403, message: 'O cabeçalho Host não é desta máquina.' };
const TIPO_RECUSADO: Recusa = { status: 415, message: 'O Content-Type deve ser application/json em UTF-8.' };
const CORPO_RECUSADO: Recusa = { status: 413, message: `O corpo passa de ${MAXIMO_DO_CORPO_BYTES} bytes.` };

function metodoRecusado(allow: string): Recusa {
  return { status: 405, message: `Este caminho só aceita ${allow}.`, cabecalhos: { Allow: allow } };
}

/** Uma recusa não lê o corpo: responde, e fecha a conexão se ainda havia bytes por vir. */
function recusar(req: IncomingMessage, res: ServerResponse, { status, message, cabecalhos }: Recusa): void {
  const error = new ContractError('PEDIDO_INVALIDO', {}, message).paraOFio();
  if (!req.complete) res.shouldKeepAlive = false;
  escrever(res, status, JSON.stringify({ jsonrpc: '2.0', id: null, error }), { cabecalhos });
}

function tamanhoDe(corpo: Corpo): number {
  if (typeof corpo === 'string') return Buffer.byteLength(corpo);
  return Buffer.byteLength(corpo.antes) + corpo.lista.length + Buffer.byteLength(corpo.depois);
}

interface Escrita {
  /** O tamanho do corpo, se já se sabe. */
  readonly bytes?: number;
  readonly cabecalhos?: Recusa['cabecalhos'];
}

function escrever(
  res: ServerResponse,
  status: number,
  corpo: Corpo,
  { bytes = tamanhoDe(corpo), cabecalhos }: Escrita = {},
): void {
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes,
    ...cabecalhos,
  });
  if (typeof corpo === 'string') {
    res.write(corpo);
    // Já, num write só: com o fim, que nada acrescenta, o Node faria dos dois um writev, que custa mais.
    res.socket?.uncork();
    res.end();
  } else {
    res.write(corpo.antes);
    res.write(corpo.lista);
    res.end(corpo.depois);
  }
}
