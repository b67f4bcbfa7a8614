/** As opções que dizem onde se escuta, e onde estão o binder e o Redis: as mesmas em cada processo que as tem. */

import { lerInteiro, lerTexto, lerUrl, type OptionDefinition, opcao } from './options.ts';

/** Onde um processo escuta. */
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
  };
}

export const OPCAO_DO_BINDER: { readonly binder: OptionDefinition<readonly string[]> } = {
  binder: opcao<readonly string[]>({
    argumento: '<url>',
    variavel: 'CHAT_BINDER',
    descricao:
      'URL do binder; as de vários binders sobre o mesmo Redis, separadas por vírgulas: se um não responde, usa-se o seguinte',
    padrao: ['http://localhost:5000'],
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
