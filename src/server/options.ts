/** As opções do servidor de chat. */

import { MENSAGENS_POR_PAGINA } from '../contract/chat.ts';
import { OPCOES_DOS_OBSERVADORES } from '../observadores/abrir.ts';
import { OPCAO_DO_LOG } from '../process/opcoes/opcao-do-log.ts';
import { OPCAO_DO_BINDER, OPCAO_DO_REDIS, opcoesDeEscuta } from '../process/opcoes/opcoes-de-rede.ts';
import { lerInteiro, lerTexto, opcao } from '../process/opcoes/options.ts';
import { OPCAO_DE_AUTORIDADE, OPCOES_DE_IDENTIDADE } from '../process/tls/tls.ts';

export const VARIAVEL_DA_PORTA = 'CHAT_PORTA_SERVIDOR';

/** Um prazo maior que este não cabe num timer (2³¹ − 1 ms), e ninguém o espera. */
const MAXIMO_DE_SEGUNDOS = 2_000_000;
const MAXIMO_DE_CHAMADAS = 1_000_000;

const MAXIMO_DE_HISTORIA = 10_000_000;

const segundos = lerInteiro(1, MAXIMO_DE_SEGUNDOS);
const chamadas = lerInteiro(0, MAXIMO_DE_CHAMADAS);

export const OPCOES = {
  ...opcoesDeEscuta({ host: 'CHAT_HOST_SERVIDOR', porta: VARIAVEL_DA_PORTA }, 8005),
  ...OPCAO_DO_BINDER,
  endereco: opcao<string | undefined>({
    argumento: '<endereço>',
    variavel: 'CHAT_ENDERECO',
    descricao: 'endereço registrado no binder, por onde os clientes alcançam este servidor',
    padrao: undefined,
    padraoNaAjuda: 'o host',
    ler: lerTexto,
  }),
  usuarios: opcao({
    argumento: '<arquivo>',
    variavel: 'CHAT_USUARIOS',
    descricao: 'arquivo que lista os nomes registrados',
    padrao: 'usuarios.json',
    ler: lerTexto,
  }),
  dados: opcao({
    argumento: '<pasta>',
    variavel: 'CHAT_DADOS',
    descricao: 'pasta dos dados; pertence a um só servidor',
    padrao: 'dados',
    ler: lerTexto,
  }),
  ...OPCAO_DO_REDIS,
  historia: opcao({
    argumento: '<n>',
    variavel: 'CHAT_HISTORIA',
    descricao: 'mensagens que cada sala guarda no Redis; as mais antigas se apagam',
    padrao: 10_000,
    ler: lerInteiro(MENSAGENS_POR_PAGINA, MAXIMO_DE_HISTORIA),
  }),
  'usuario-ausente': opcao({
    argumento: '<s>',
    variavel: 'CHAT_USUARIO_AUSENTE',
    descricao: 'segundos sem chamada depois dos quais um usuário sai da sala',
    padrao: 60,
    ler: segundos,
  }),
  'sessao-expira': opcao({
    argumento: '<s>',
    variavel: 'CHAT_SESSAO_EXPIRA',
    descricao: 'segundos sem chamada depois dos quais a sessão acaba e o nome fica livre',
    padrao: 1800,
    ler: segundos,
  }),
  'sala-inativa': opcao({
    argumento: '<s>',
    variavel: 'CHAT_SALA_INATIVA',
    descricao: 'segundos sem ninguém depois dos quais uma sala é removida; 0 para nunca',
    padrao: 300,
    ler: lerInteiro(0, MAXIMO_DE_SEGUNDOS),
  }),
  'limite-mensagens': opcao({
    argumento: '<n>',
    variavel: 'CHAT_LIMITE_MENSAGENS',
    descricao: 'mensagens por segundo e usuário; 0 para nenhum limite',
    padrao: 20,
    ler: chamadas,
  }),
  'limite-registros': opcao({
    argumento: '<n>',
    variavel: 'CHAT_LIMITE_REGISTROS',
    descricao: 'registros por minuto e endereço; 0 para nenhum limite',
    padrao: 60,
    ler: chamadas,
  }),
  ...OPCOES_DE_IDENTIDADE,
  ...OPCAO_DE_AUTORIDADE,
  ...OPCAO_DO_LOG,
  ...OPCOES_DOS_OBSERVADORES,
};
