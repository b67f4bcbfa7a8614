/**
 * Uma autoridade privada e os certificados que ela assina, feitos na hora (X.509 v3, RFC 5280) só com o `node:crypto`:
 * nem toda máquina tem o openssl.
 */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';

const UM_DIA_MS = 24 * 3_600_000;

const TAG = { inteiro: 2, bits: 3, octetos: 4, oid: 6, utf8: 12, hora: 0x18, sequencia: 0x30, conjunto: 0x31 } as const;

function der(tag: number, ...partes: readonly Buffer[]): Buffer {
  const corpo = Buffer.concat(partes);
  const { length } = corpo;
  const tamanho = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...tamanho]), corpo]);
}

const sequencia = (...partes: readonly Buffer[]) => der(TAG.sequencia, ...partes);
const oid = (hex: string) => der(TAG.oid, Buffer.from(hex, 'hex'));
const verdadeiro = Buffer.from([1, 1, 0xff]);

const ECDSA_COM_SHA256 = sequencia(oid('2a8648ce3d040302'));
const NOME_COMUM = '550403';
const CHAVE_DE_QUEM_ASSINA = '551d23';
const CHAVE_DO_DONO = '551d0e';
const RESTRICOES_BASICAS = '551d13';
const OUTROS_NOMES = '551d11';

const nome = (comum: string) =>
  sequencia(der(TAG.conjunto, sequencia(oid(NOME_COMUM), der(TAG.utf8, Buffer.from(comum)))));

const hora = (ms: number) => {
  const [digitos = ''] = new Date(ms).toISOString().replace(/[-:T]/g, '').split('.');
  return der(TAG.hora, Buffer.from(`${digitos}Z`));
};

const extensao = (qual: string, valor: Buffer, ...critica: readonly Buffer[]) =>
  sequencia(oid(qual), ...critica, der(TAG.octetos, valor));

/** Um nome de máquina ou um IPv4, como o subjectAltName os distingue. */
const alternativo = (host: string) =>
  isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));

interface Par {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const novoPar = (): Par => generateKeyPairSync('ec', { namedCurve: 'P-256' });

const emPem = (certificado: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${certificado.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

interface Dados {
  readonly de: string;
  readonly par: Par;
  readonly emissor: string;
  readonly assinante: Par;
  readonly extensoes: readonly Buffer[];
  readonly ateMs: number;
}

function assinar({ de, par, emissor, assinante, extensoes, ateMs }: Dados): string {
  const identificador = ({ publicKey }: Par) =>
    createHash('sha1')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest();
  const conteudo = sequencia(
    der(0xa0, der(TAG.inteiro, Buffer.from([2]))),
    der(TAG.inteiro, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_COM_SHA256,
    nome(emissor),
    sequencia(hora(Date.now() - 2 * UM_DIA_MS), hora(ateMs)),
    nome(de),
    par.publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequencia(
        extensao(CHAVE_DO_DONO, der(TAG.octetos, identificador(par))),
        extensao(CHAVE_DE_QUEM_ASSINA, sequencia(der(0x80, identificador(assinante)))),
        ...extensoes,
      ),
    ),
  );
  const assinatura = sign('sha256', conteudo, assinante.privateKey);
  return emPem(sequencia(conteudo, ECDSA_COM_SHA256, der(TAG.bits, Buffer.from([0]), assinatura)));
}

/** Os caminhos de um certificado e de sua chave, em PEM. */
export interface ArquivosDeIdentidade {
  readonly cert: string;
  readonly key: string;
  /** As opções que os dão a um processo. */
  readonly argumentos: readonly string[];
}

export interface Autoridade {
  /** O certificado dela, em PEM: o caminho e o conteúdo. */
  readonly arquivo: string;
  readonly pem: Buffer;
  /** As opções que fazem um processo confiar nela. */
  readonly argumentos: readonly string[];
  /** @param hosts para quais nomes e endereços IPv4 vale */
  readonly emitir: (apelido: string, hosts: readonly string[], validadeMs?: number) => ArquivosDeIdentidade;
}

/** @param pasta onde os arquivos ficam */
export function criarAutoridade(pasta: string, apelido = 'autoridade'): Autoridade {
  const assinante = novoPar();
  const emissor = `Autoridade de teste ${apelido}`;
  const arquivo = join(pasta, `${apelido}.pem`);
  const pem = assinar({
    de: emissor,
    par: assinante,
    emissor,
    assinante,
    extensoes: [extensao(RESTRICOES_BASICAS, sequencia(verdadeiro), verdadeiro)],
    ateMs: Date.now() + UM_DIA_MS,
  });
  writeFileSync(arquivo, pem);
  return {
    arquivo,
    pem: Buffer.from(pem),
    argumentos: ['--tls-ca', arquivo],
    emitir: (de, hosts, validadeMs = UM_DIA_MS) => {
      const par = novoPar();
      const cert = join(pasta, `${apelido}-${de}-cert.pem`);
      const key = join(pasta, `${apelido}-${de}-key.pem`);
      const extensoes = [extensao(OUTROS_NOMES, sequencia(...hosts.map(alternativo)))];
      writeFileSync(cert, assinar({ de, par, emissor, assinante, extensoes, ateMs: Date.now() + validadeMs }));
      writeFileSync(key, par.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      return { cert, key, argumentos: ['--tls-cert', cert, '--tls-key', key] };
    },
  };
}
