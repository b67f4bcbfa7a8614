/** Um POST por chamada: conexões que se reusam, um prazo só, e a falha dita pelo que aconteceu no fio. */

import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
  STATUS_CODES,
} from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { rootCertificates, type TLSSocket } from 'node:tls';
import type { ObservadorDeSaida } from '../observador.ts';
import { type MotivoDeFalha, UnreachableError } from './falhas.ts';

/** Quanto se espera por uma resposta, se quem chama não diz. */
export const PRAZO_PADRAO_MS = 10_000;

/** Uma resposta maior não é de um processo nosso. */
const MAXIMO_DA_RESPOSTA_BYTES = 16 * 1024 * 1024;

/** Menor que a ociosidade que a borda tolera, para que nunca se reuse uma conexão que ela está fechando. */
const OCIOSIDADE_MS = 30_000;

/** As conexões de um processo com os outros. */
export interface Conexoes {
  readonly request: (url: string, options: RequestOptions) => ClientRequest;
  /** Quem assiste às chamadas que saem, se alguém. */
  readonly observador?: ObservadorDeSaida | undefined;
  /** Fecha as que estão abertas. */
  readonly destroy: () => void;
}

/**
 * @param ca a autoridade (PEM) em que confiar além das conhecidas, nas conexões https
 * @param observador assiste a cada chamada que sai por elas
 */
export function criarConexoes(ca?: Buffer, observador?: ObservadorDeSaida): Conexoes {
  const options = { keepAlive: true, timeout: OCIOSIDADE_MS };
  const agent = new Agent(options);
  const tlsAgent = new TlsAgent(ca ? { ...options, ca: [...rootCertificates, ca] } : options);
  return {
    observador,
    request: (url, pedido) =>
      url.startsWith('https:') ? tlsRequest(url, { ...pedido, agent: tlsAgent }) : request(url, { ...pedido, agent }),
    destroy: () => {
      agent.destroy();
      tlsAgent.destroy();
    },
  };
}

export interface OpcoesDoPost {
  /** Vai em `Authorization: Bearer`. */
  readonly bearer?: string | undefined;
  /** Até quando se espera pela resposta inteira, em ms (10.000). */
  readonly prazoMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** W3C Trace Context, seção 3.2. */
  readonly traceparent?: string;
}

export interface RespostaHttp {
  readonly cabecalhos: IncomingHttpHeaders;
  readonly status: number;
  /** O corpo, lido como UTF-8. */
  readonly texto: string;
}

/**
 * @returns a resposta, qualquer que seja o status: num 4xx nosso, o corpo é um erro JSON-RPC
 * @throws UnreachableError quando não há resposta inteira
 */
export function postar(
  url: string,
  conexoes: Conexoes,
  corpo: string,
  { bearer, prazoMs = PRAZO_PADRAO_MS, signal, traceparent }: OpcoesDoPost,
  cabecalhos: OutgoingHttpHeaders = {},
): Promise<RespostaHttp> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new UnreachableError('cancelada', FRASES.cancelada(url)));
    let motivo: MotivoDeFalha | undefined;
    const req = conexoes.request(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(corpo),
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(traceparent === undefined ? {} : { traceparent }),
        ...cabecalhos,
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
    function falhar(erro: ErroDoFio): void {
      limpar();
      reject(motivo ? new UnreachableError(motivo, FRASES[motivo](url), erro) : falhaDoFio(url, req, erro));
    }

    req.on('error', falhar);
    // Nem todo fim vem com um erro: um 101 que ninguém pediu, por exemplo, só fecha.
    const fechou = () => falhar(new Error('a conexão fechou sem resposta'));
    req.once('close', fechou);
    req.on('response', (res) => {
      req.off('close', fechou);
      lerTexto(res, () => desistir('resposta_invalida')).then((texto) => {
        limpar();
        resolve({ status: res.statusCode ?? 0, cabecalhos: res.headers, texto });
      }, falhar);
    });
    req.end(corpo);
  });
}

/** @returns como dizer que uma resposta HTTP não é a de um processo nosso */
export function descreverResposta(url: string, { status }: RespostaHttp): string {
  if (status === 200) return FRASES.resposta_invalida(url);
  const nome = STATUS_CODES[status];
  return `${url} respondeu com o status HTTP ${status}${nome ? ` (${nome})` : ''}, que não vem de um processo do chat.`;
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

const FRASES: Readonly<Record<MotivoDeFalha, (url: string) => string>> = {
  recusada: (url) => `Não há ninguém em ${url}.`,
  interrompida: (url) => `A conexão com ${url} caiu.`,
  prazo: (url) => `${url} não respondeu a tempo.`,
  resposta_invalida: (url) => `${url} respondeu algo que não é do contrato.`,
  cancelada: () => 'A chamada foi cancelada.',
};

/** O que o Node conta de uma falha. */
type ErroDoFio = NodeJS.ErrnoException & {
  /** Os bytes que ele não entendeu como HTTP. */
  readonly rawPacket?: Buffer;
  /** A falha de cada endereço que tentou. */
  readonly errors?: readonly ErroDoFio[];
};

function falhaDoFio(url: string, { socket }: ClientRequest, erro: ErroDoFio): UnreachableError {
  const engano = enganoDeTls(socket as TLSSocket | null, erro);
  if (engano) return new UnreachableError('recusada', `${url} ${engano}.`, erro);
  const motivo = naoSeAbriu(erro) ? 'recusada' : 'interrompida';
  return new UnreachableError(motivo, FRASES[motivo](url), erro);
}

/**
 * Só de uma conexão que não se abriu se sabe que nem um byte da chamada saiu. Um nome que tem vários endereços falha com
 * a falha de cada um; numa conexão já aberta, os mesmos códigos não dizem se a chamada chegou.
 */
function naoSeAbriu({ syscall = '', errors }: ErroDoFio): boolean {
  return errors ? errors.every(naoSeAbriu) : syscall === 'connect' || syscall === 'getaddrinfo';
}

/** Os dois lados não concordaram sobre TLS, e a chamada não chegou a ser lida. @returns o que dizer do outro lado */
function enganoDeTls(socket: TLSSocket | null, { code, rawPacket }: ErroDoFio): string | undefined {
  if (rawPacket && ehTls(rawPacket)) return 'fala TLS; a URL do binder deve começar com https';
  if (code === 'EPROTO') return 'não fala TLS; verifique o endereço e a porta';
  if (!socket?.authorizationError) return undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'tem um certificado que é de outro endereço';
  if (code === 'CERT_HAS_EXPIRED') return 'tem um certificado vencido';
  return `tem um certificado de autoridade desconhecida; se ela é privada, indique-a em --tls-ca (${code})`;
}

/** Um alerta ou um handshake do TLS: o tipo do registro e a versão maior, sempre 3 (RFC 8446, seção 5.1). */
function ehTls(bytes: Buffer): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;
}
