/** O servidor HTTP do Node, com os prazos do contrato, e com TLS se há certificado. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** O contrato: cabeçalhos ou corpo que não chegam neste tempo fecham a conexão. */
const PRAZO_DE_CHEGADA_MS = 10_000;
const CONFERENCIA_DE_PRAZOS_MS = 1_000;

/**
 * Por quanto tempo uma conexão ociosa fica aberta. Maior que a ociosidade dos nossos clientes:
 * quem reusa uma conexão no instante em que o servidor a fecha recebe ECONNRESET.
 */
const OCIOSIDADE_MS = 75_000;

/** O TLS 1.2 só com chaves que não se guardam e cifras autenticadas (RFC 9325, seção 4.2); o 1.3 só tem dessas. */
const CIFRAS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

/** Um certificado e a sua chave privada, em PEM. */
export interface Certificado {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export function criarServidor(tls: Certificado | undefined, atender: RequestListener): Server {
  const options = {
    keepAliveTimeout: OCIOSIDADE_MS,
    headersTimeout: PRAZO_DE_CHEGADA_MS,
    requestTimeout: PRAZO_DE_CHEGADA_MS,
    connectionsCheckingInterval: CONFERENCIA_DE_PRAZOS_MS,
    noDelay: true,
  };
  if (!tls) return createServer(options, atender);
  return createTlsServer({ ...options, ...opcoesDeTls(tls), handshakeTimeout: PRAZO_DE_CHEGADA_MS }, atender);
}

export function opcoesDeTls({ cert, key }: Certificado) {
  return { cert, key, ciphers: CIFRAS, minVersion: 'TLSv1.2' } as const;
}
