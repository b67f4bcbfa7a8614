/** As opções do cliente. */

import { ESPERA_MAXIMA_MS } from '../contract/chat.ts';
import { OPCAO_DO_BINDER } from '../process/opcoes-de-rede.ts';
import { interruptor, lerInteiro, lerTexto, opcao } from '../process/options.ts';
import { OPCAO_DE_AUTORIDADE } from '../process/tls.ts';

/** Menos que isto seria perguntar sem parar. */
const INTERVALO_MINIMO_MS = 10;
const INTERVALO_MAXIMO_MS = 3_600_000;

export const OPCOES = {
  ...OPCAO_DO_BINDER,
  nome: opcao<string | undefined>({
    argumento: '<nome>',
    variavel: 'CHAT_NOME',
    descricao: 'nome de usuário; sem ele, o cliente pergunta, e um subcomando usa o nome do sistema e um número',
    padrao: undefined,
    ler: lerTexto,
  }),
  sala: opcao<string | undefined>({
    argumento: '<sala>',
    variavel: 'CHAT_SALA',
    descricao: 'sala em que entrar logo depois do nome',
    padrao: undefined,
    ler: lerTexto,
  }),
  intervalo: opcao({
    argumento: '<ms>',
    variavel: 'CHAT_INTERVALO',
    descricao: 'milissegundos entre uma busca de mensagens sem resultado e a seguinte',
    padrao: 1_000,
    ler: lerInteiro(INTERVALO_MINIMO_MS, INTERVALO_MAXIMO_MS),
  }),
  espera: opcao({
    argumento: '<ms>',
    variavel: 'CHAT_ESPERA',
    descricao: 'milissegundos que uma busca espera por mensagens no servidor; 0 para não esperar',
    padrao: 20_000,
    ler: lerInteiro(0, ESPERA_MAXIMA_MS),
  }),
  rastro: interruptor(
    'CHAT_RASTRO',
    'mostra cada chamada: o que o binder respondeu, o endereço chamado, quanto demorou, o que se repetiu e por quê',
  ),
  'no-color': interruptor(
    'CHAT_SEM_COR',
    'não usa cores, como a variável NO_COLOR; FORCE_COLOR usa cores também fora de um terminal',
  ),
  ...OPCAO_DE_AUTORIDADE,
};
