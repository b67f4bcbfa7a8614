/** As opções que dizem onde se escuta, e onde estão o binder e o Redis: as mesmas em cada processo que as tem. */

import { BINDER_PADRAO } from '../binder-padrao.ts';
import { ipCanonico } from '../enderecos.ts';
import { lerInteiro, lerTexto, lerUrl, type OptionDefinition, type OptionValues, opcao } from './options.ts';

/** O sistema também tem o seu limite de arquivos abertos, e cada conexão é um. */
const MAXIMO_DE_CONEXOES = 1_000_000;

/** Onde um processo escuta, e de quem aceita conexões. */
export function opcoesDeEscuta(variaveis: { readonly host: string; readonly porta: string }, portaPadrao: number) {
  return {
    host: opcao({
      argumento: '<host>',
      variavel: variaveis.host,
      descricao: 'endereço em que escuta',
      padrao: '127.0.0.1',
      ler: lerTexto,
    }),
    porta: opcao({
      argumento: '<porta>',
      variavel: variaveis.porta,
      descricao: 'porta em que escuta; 0 escolhe uma livre',
      padrao: portaPadrao,
      ler: lerInteiro(0, 65535),
    }),
    conexoes: opcao({
      argumento: '<n>',
      variavel: 'CHAT_CONEXOES',
      descricao: 'conexões que aceita ao mesmo tempo',
      padrao: 20_000,
      ler: lerInteiro(1, MAXIMO_DE_CONEXOES),
    }),
    'proxy-confiavel': opcao<readonly string[]>({
      argumento: '<endereços>',
      variavel: 'CHAT_PROXY_CONFIAVEL',
      descricao: 'IPs dos proxies, separados por vírgulas, em cujo X-Forwarded-For confia para os limites por endereço',
      padrao: [],
      padraoNaAjuda: 'nenhum',
      ler: lerIps,
    }),
  };
}

/** O que um processo que atende leu das opções de escuta. */
export type Escuta = OptionValues<ReturnType<typeof opcoesDeEscuta>>;

/** @throws Error com o motivo, em português */
function lerIps(texto: string): readonly string[] {
  const ips = texto.split(',').map((ip) => ip.trim());
  if (ips.some((ip) => ipCanonico(ip) === undefined))
    throw new Error('deve ter só endereços IP, separados por vírgulas');
  return ips;
}

export const OPCAO_DO_BINDER: { readonly binder: OptionDefinition<readonly string[]> } = {
  binder: opcao<readonly string[]>({
    argumento: '<url>',
    variavel: 'CHAT_BINDER',
    descricao:
      'URL do binder; as de vários, separadas por vírgulas: um servidor se registra em todos, e quem procura usa o que responder',
    padrao: [BINDER_PADRAO],
    ler: lerUrlsDoBinder,
  }),
};

/** @throws Error com o motivo, em português */
export function lerUrlsDoBinder(texto: string): readonly string[] {
  const urls = texto.split(',').map((url) => lerUrl(url.trim()));
  // O sistema todo usa o esquema (http ou https) do binder.
  if (new Set(urls.map((url) => new URL(url).protocol)).size > 1) throw new Error('deve ter só URLs http, ou só https');
  return urls;
}

export const OPCAO_DO_REDIS: { readonly redis: OptionDefinition<readonly string[] | undefined> } = {
  redis: opcao<readonly string[] | undefined>({
    argumento: '<url>',
    variavel: 'CHAT_REDIS',
    descricao:
      'Redis que guarda os dados de vários binders e servidores; de um cluster, as URLs separadas por vírgulas; uma URL com senha vai na variável, porque outros usuários veem a linha de comando',
    padrao: undefined,
    padraoNaAjuda: 'nenhum',
    sigilosa: true,
    ler: lerUrlsDoRedis,
  }),
};

/** @throws Error com o motivo, em português, que não repete nada do que veio */
function lerUrlsDoRedis(texto: string): readonly string[] {
  const urls = texto.split(',').map((url) => url.trim());
  if (!urls.every(ehUrlDoRedis)) {
    throw new Error('deve ser uma URL como redis://localhost:6379 ou rediss://usuario:senha@maquina:6379');
  }
  return urls;
}

function ehUrlDoRedis(texto: string): boolean {
  if (!URL.canParse(texto)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(texto);
  return (
    /^rediss?:$/.test(protocol) &&
    hostname !== '' &&
    /^\/?\d*$/.test(pathname) &&
    search + hash === '' &&
    [username, password].every(temEscapesCertos)
  );
}

/** Uma senha com um `%` solto não se decodifica (RFC 3986, seção 2.1). */
function temEscapesCertos(texto: string): boolean {
  try {
    decodeURIComponent(texto);
    return true;
  } catch {
    return false;
  }
}
