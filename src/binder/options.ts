/** As opções do binder. */

import { OPCOES_DOS_OBSERVADORES } from '../observadores/abrir.ts';
import { OPCAO_DO_LOG } from '../process/opcoes/opcao-do-log.ts';
import { OPCAO_DO_REDIS, opcoesDeEscuta } from '../process/opcoes/opcoes-de-rede.ts';
import { lerUrl, opcao } from '../process/opcoes/options.ts';
import { OPCAO_DE_AUTORIDADE, OPCOES_DE_IDENTIDADE } from '../process/tls/tls.ts';

export const VARIAVEL_DA_PORTA = 'CHAT_PORTA_BINDER';

export const OPCOES = {
  ...opcoesDeEscuta({ host: 'CHAT_HOST_BINDER', porta: VARIAVEL_DA_PORTA }, 5000),
  ...OPCAO_DO_REDIS,
  ...OPCOES_DE_IDENTIDADE,
  ...OPCAO_DE_AUTORIDADE,
  ...OPCAO_DO_LOG,
  ...OPCOES_DOS_OBSERVADORES,
  'oferecer-cliente': opcao<string | undefined>({
    argumento: '<url>',
    variavel: 'CHAT_OFERECER_CLIENTE',
    descricao:
      'URL por que as outras máquinas chegam a este binder; com ela, GET /chat-cliente.tgz dá um cliente que o npx roda sem instalar nada',
    padrao: undefined,
    padraoNaAjuda: 'não oferece',
    ler: lerUrl,
  }),
};
