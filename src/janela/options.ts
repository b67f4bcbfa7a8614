/** As opções da janela. */

import { OPCAO_DO_BINDER, opcoesDeEscuta } from '../process/opcoes/opcoes-de-rede.ts';
import { interruptor, lerInteiro, opcao } from '../process/opcoes/options.ts';

export const VARIAVEL_DA_PORTA = 'CHAT_PORTA_JANELA';

export const OPCOES = {
  ...opcoesDeEscuta({ host: 'CHAT_HOST_JANELA', porta: VARIAVEL_DA_PORTA }, 5080),
  ...OPCAO_DO_BINDER,
  laboratorio: interruptor(
    'CHAT_LABORATORIO',
    'em vez de olhar um sistema em uso, inicia um só para isto: binder, servidores e robôs que se podem quebrar',
  ),
  clientes: opcao({
    argumento: '<n>',
    variavel: 'CHAT_CLIENTES',
    descricao: 'robôs do laboratório',
    padrao: 3,
    ler: lerInteiro(1, 12),
  }),
  servidores: opcao({
    argumento: '<n>',
    variavel: 'CHAT_SERVIDORES',
    descricao: 'servidores do laboratório; mais de um precisa do redis-server nesta máquina',
    padrao: 1,
    ler: lerInteiro(1, 6),
  }),
};
