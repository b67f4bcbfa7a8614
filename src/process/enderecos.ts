/** As opções que dizem onde se escuta e onde está o binder: as mesmas em cada processo que as tem. */

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
      descricao: 'porta em que escuta; 0 toma uma livre',
      padrao: portaPadrao,
      ler: lerInteiro(0, 65535),
    }),
  };
}

export const OPCAO_DO_BINDER: { readonly binder: OptionDefinition<string> } = {
  binder: opcao({
    argumento: '<url>',
    variavel: 'CHAT_BINDER',
    descricao: 'URL do binder',
    padrao: 'http://localhost:5000',
    ler: lerUrl,
  }),
};
