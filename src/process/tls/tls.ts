/** O certificado, a chave e a autoridade que as opções apontam, lidos e conferidos na partida. */

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { lerComumSync, NaoEArquivoComum } from '../arquivo-comum.ts';
import { StartupError } from '../lifecycle.ts';
import { lerTexto, opcao, STATUS_DE_USO_ERRADO } from '../opcoes/options.ts';

/** O certificado e a chave privada de quem atende, em PEM. */
export interface Identidade {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** De onde vieram. */
  readonly arquivos: { readonly cert: string; readonly key: string };
}

/** As opções de quem atende. */
export const OPCOES_DE_IDENTIDADE = {
  'tls-cert': opcao<string | undefined>({
    argumento: '<arquivo>',
    variavel: 'CHAT_TLS_CERT',
    descricao: 'certificado (PEM) com que atende por https',
    padrao: undefined,
    ler: lerTexto,
  }),
  'tls-key': opcao<string | undefined>({
    argumento: '<arquivo>',
    variavel: 'CHAT_TLS_KEY',
    descricao: 'chave privada (PEM) do certificado',
    padrao: undefined,
    ler: lerTexto,
  }),
};

/** A opção de quem chama. */
export const OPCAO_DE_AUTORIDADE = {
  'tls-ca': opcao<string | undefined>({
    argumento: '<arquivo>',
    variavel: 'CHAT_TLS_CA',
    descricao: 'certificado (PEM) da autoridade em que confia, além das conhecidas',
    padrao: undefined,
    ler: lerTexto,
  }),
};

/**
 * @returns a identidade, ou `undefined` quando nenhum dos dois arquivos foi dado
 * @throws StartupError quando falta um, não se lê, ou não formam um par
 */
export function lerIdentidade(
  processo: string,
  opcoes: { readonly 'tls-cert': string | undefined; readonly 'tls-key': string | undefined },
): Identidade | undefined {
  const { 'tls-cert': cert, 'tls-key': key } = opcoes;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new StartupError(`${processo}: --tls-cert e --tls-key só servem juntas`, STATUS_DE_USO_ERRADO);
  }
  const identidade = {
    cert: lerArquivo(processo, '--tls-cert', cert),
    key: lerArquivo(processo, '--tls-key', key),
    arquivos: { cert, key },
  };
  if (formamUmPar(identidade)) return identidade;
  throw new StartupError(`${processo}: ${cert} e ${key} não são um certificado e sua chave`);
}

/** @returns se o certificado se lê, e a chave é a dele */
export function formamUmPar({ cert, key }: Pick<Identidade, 'cert' | 'key'>): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

/** @returns a autoridade em que confiar além das conhecidas, ou `undefined` */
export function lerAutoridade(processo: string, arquivo: string | undefined): Buffer | undefined {
  if (arquivo === undefined) return undefined;
  const ca = lerArquivo(processo, '--tls-ca', arquivo);
  // O contexto TLS aceita calado uma autoridade que não sabe ler; depois recusaria todo certificado.
  try {
    new X509Certificate(ca);
  } catch {
    throw new StartupError(`${processo}: ${arquivo} não é um certificado em PEM`);
  }
  return ca;
}

function lerArquivo(processo: string, opcaoUsada: string, arquivo: string): Buffer {
  try {
    return lerComumSync(arquivo);
  } catch (erro) {
    const nome = JSON.stringify(arquivo);
    if (erro instanceof NaoEArquivoComum) {
      throw new StartupError(`${processo}: ${opcaoUsada}: ${nome} não é um arquivo comum`);
    }
    const codigo = (erro as NodeJS.ErrnoException).code ?? '';
    throw new StartupError(`${processo}: ${opcaoUsada}: não foi possível ler ${nome} (${codigo})`);
  }
}
