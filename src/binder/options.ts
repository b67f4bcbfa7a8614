/** As opções do binder. */

import { lerInteiro, lerTexto, opcao } from '../process/options.ts';
import { OPCOES_DE_IDENTIDADE } from '../process/tls.ts';

export const VARIAVEL_DA_PORTA = 'CHAT_PORTA_BINDER';

export const OPCOES = {
  host: opcao({
    argumento: '<host>',
    variavel: 'CHAT_HOST_BINDER',
    descricao: 'endereço em que escuta',
    padrao: '127.0.0.1',
    ler: lerTexto,
  }),
  porta: opcao({
    argumento: '<porta>',
    variavel: VARIAVEL_DA_PORTA,
    descricao: 'porta em que escuta; 0 toma uma livre',
    padrao: 5000,
    ler: lerInteiro(0, 65535),
  }),
  ...OPCOES_DE_IDENTIDADE,
};
