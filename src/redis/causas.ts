/** Por que um Redis não pode ser usado, dito a quem o indicou. */

import { recusaDe } from './cliente.ts';

const DA_REDE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'ninguém atende nesse endereço',
  ENOTFOUND: 'o nome da máquina não existe',
  EAI_AGAIN: 'o nome da máquina não se resolve agora',
  EHOSTUNREACH: 'não há caminho até essa máquina',
  ENETUNREACH: 'não há caminho até essa rede',
  ETIMEDOUT: 'a máquina não responde',
  ECONNRESET: 'ele fecha a conexão; com TLS, a URL começa por rediss://',
};

const DO_REDIS: readonly (readonly [RegExp, string])[] = [
  [/^(WRONGPASS|NOAUTH)/, 'a senha não é essa'],
  [/^ERR .*(invalid password|AUTH.*called without)/i, 'a senha não é essa'],
  [/^READONLY/, 'ele é uma réplica, e não aceita gravar'],
  [/^LOADING/, 'ele ainda carrega os dados'],
  [/^ERR DB index is out of range/, 'ele não tem um banco de dados com esse número'],
];

/** As falhas da biblioteca, pelo nome da classe: elas não têm código, nem dizem o nome em `name`. */
const DA_BIBLIOTECA: Readonly<Record<string, string>> = {
  ConnectionTimeoutError: 'a conexão não se abriu a tempo; uma URL rediss:// só serve a um Redis com TLS',
  SocketTimeoutError: 'ele deixou de responder',
  SocketClosedUnexpectedlyError: DA_REDE['ECONNRESET'] as string,
  ClientClosedError: 'a conexão com ele foi encerrada',
  ClientOfflineError: 'a conexão com ele caiu',
  DisconnectsClientError: 'a conexão com ele foi encerrada',
  RootNodesUnavailableError: 'nenhum dos endereços responde',
  MaxCommandRedirectionsError: 'o Redis Cluster não diz quem guarda os dados',
};

/** Isto não muda por se tentar de novo: uma senha errada, um certificado em que não se confia. */
export function ehDefinitiva(erro: unknown): boolean {
  return recusaDe(erro) !== undefined || doTls(codigoDe(erro)) || naoEhRedis(erro);
}

/** @returns a causa, numa frase que segue os dois-pontos */
export function explicarCausa(erro: unknown): string {
  const recusa = recusaDe(erro);
  if (recusa !== undefined) {
    const nopermitido = /^NOPERM.*'([\w|]+)'/.exec(recusa);
    if (nopermitido) return `ao usuário do Redis faltam direitos: +${nopermitido[1]}`;
    const conhecida = DO_REDIS.find(([forma]) => forma.test(recusa))?.[1];
    return conhecida ? `${conhecida} (${recusa.split(' ')[0]})` : recusa;
  }
  if (naoEhRedis(erro)) return 'quem atende nesse endereço não é um Redis';
  const codigo = codigoDe(erro);
  if (codigo === 'ERR_SSL_WRONG_VERSION_NUMBER' || codigo === 'EPROTO') return `ele não atende com TLS (${codigo})`;
  if (codigo === 'CERT_HAS_EXPIRED') return `o certificado dele venceu (${codigo})`;
  if (codigo === 'ERR_TLS_CERT_ALTNAME_INVALID') return `o certificado dele é de outro nome (${codigo})`;
  if (doTls(codigo)) {
    return `tem um certificado de autoridade desconhecida; se ela é privada, indique-a em --tls-ca (${codigo})`;
  }
  if (codigo && DA_REDE[codigo]) return `${DA_REDE[codigo]} (${codigo})`;
  const daBiblioteca = codigo === undefined && DA_BIBLIOTECA[(erro as Error).constructor.name];
  return daBiblioteca || (erro as Error).message || codigo || 'não respondeu';
}

function doTls(codigo: string | undefined): boolean {
  return codigo !== undefined && (/CERT|SIGNATURE|^ERR_TLS_|^ERR_SSL_/.test(codigo) || codigo === 'EPROTO');
}

/** A biblioteca não entende o que veio. */
function naoEhRedis(erro: unknown): boolean {
  return /Unknown RESP type/i.test((erro as Error | undefined)?.message ?? '');
}

/** O Node junta numa só falha as dos vários endereços de um nome. */
function codigoDe(erro: unknown): string | undefined {
  const { code, errors } = erro as { code?: string; errors?: readonly unknown[] };
  return code ?? (errors && errors.length > 0 ? codigoDe(errors[0]) : undefined);
}
