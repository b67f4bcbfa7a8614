/** As opções do binder. */

import { OPCAO_DE_METRICAS } from '../metricas/opcao.ts';
import { OPCAO_DE_OBSERVAR } from '../observar/opcao.ts';
import { OPCAO_DO_LOG } from '../process/opcao-do-log.ts';
import { OPCAO_DO_REDIS, opcoesDeEscuta } from '../process/opcoes-de-rede.ts';
import { OPCAO_DE_AUTORIDADE, OPCOES_DE_IDENTIDADE } from '../process/tls.ts';

export const VARIAVEL_DA_PORTA = 'CHAT_PORTA_BINDER';

export const OPCOES = {
  ...opcoesDeEscuta({ host: 'CHAT_HOST_BINDER', porta: VARIAVEL_DA_PORTA }, 5000),
  ...OPCAO_DO_REDIS,
  ...OPCOES_DE_IDENTIDADE,
  ...OPCAO_DE_AUTORIDADE,
  ...OPCAO_DO_LOG,
  ...OPCAO_DE_METRICAS,
  ...OPCAO_DE_OBSERVAR,
};
