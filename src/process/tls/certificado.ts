/** O que faz quem chama recusar um certificado: a validade e o nome. */

import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Campos } from '../log.ts';

export interface ProblemaDoCertificado {
  readonly mensagem: string;
  readonly campos: Campos;
}

/**
 * @param cert em PEM; de vários, vale o primeiro, que é o de quem atende
 * @param nomes por que nomes ou IPs se chega a quem atende: basta que sirva a um; sem nenhum, o nome não se confere
 * @param agoraMs em ms desde 1970
 * @returns o que está errado com ele, ou `undefined`
 */
export function problemaDoCertificado(
  cert: Buffer,
  nomes: readonly string[],
  agoraMs: number,
): ProblemaDoCertificado | undefined {
  const certificado = new X509Certificate(cert);
  const deMs = Date.parse(certificado.validFrom);
  const ateMs = Date.parse(certificado.validTo);
  if (agoraMs > ateMs) {
    return { mensagem: 'o certificado venceu: quem se conecta o recusa', campos: { venceu: emIso(ateMs) } };
  }
  if (agoraMs < deMs) {
    return { mensagem: 'o certificado ainda não vale: quem se conecta o recusa', campos: { 'vale-de': emIso(deMs) } };
  }
  const [nome] = nomes;
  if (nome === undefined || nomes.some((um) => serveAo(certificado, um))) return undefined;
  return {
    mensagem: 'o certificado é de outro endereço: quem se conecta por este o recusa',
    campos: { endereco: nome, 'vale-para': certificado.subjectAltName ?? certificado.subject },
  };
}

/** A mesma conferência que o Node faz ao se conectar (RFC 9525, seção 6). */
function serveAo(certificado: X509Certificate, nome: string): boolean {
  return checkServerIdentity(nome, certificado.toLegacyObject() as unknown as PeerCertificate) === undefined;
}

function emIso(ms: number): string {
  return new Date(ms).toISOString();
}
