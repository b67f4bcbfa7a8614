/** Os subcomandos do cliente, para scripts e bots: a ajuda, o README e o completar do shell derivam desta tabela. */

import { interruptor, lerTexto, opcao } from '../../process/opcoes/options.ts';
import type { SubcommandTable } from '../../process/opcoes/subcomandos.ts';
import { OPCOES } from '../options.ts';

const OPCOES_DOS_SUBCOMANDOS = {
  json: interruptor('CHAT_JSON', 'nos subcomandos, um objeto JSON por linha'),
  para: opcao<string | undefined>({
    argumento: '<nome>',
    variavel: 'CHAT_PARA',
    descricao: 'destinatário do que se envia; sem ele, todos da sala',
    padrao: undefined,
    ler: lerTexto,
  }),
  historico: interruptor('CHAT_HISTORICO', 'ao ouvir, começa pelas últimas 50 mensagens'),
  seguir: interruptor('CHAT_SEGUIR', 'continua, com uma linha por endpoint: + o que está ou vem, - o que sai'),
};

export const TODAS_AS_OPCOES = { ...OPCOES, ...OPCOES_DOS_SUBCOMANDOS };

type NomeDeOpcao = keyof typeof TODAS_AS_OPCOES;

export const SUBCOMANDOS = {
  salas: {
    operandos: [],
    descricao: 'lista as salas: nome e número de usuários',
    opcoes: ['json'],
  },
  usuarios: {
    operandos: ['[sala]'],
    descricao: 'lista quem está na sala; sem ela, em todas: nome e sala',
    opcoes: ['json', 'nome'],
  },
  enviar: {
    operandos: ['<sala>', '[texto…]'],
    descricao: 'envia o texto; sem ele, cada linha da entrada',
    opcoes: ['json', 'nome', 'para', 'criar'],
  },
  ouvir: {
    operandos: ['<sala>'],
    descricao: 'escreve o que chega à sala, até ser encerrado',
    opcoes: ['json', 'nome', 'historico', 'intervalo', 'espera'],
  },
  procedimentos: {
    operandos: [],
    descricao: 'mostra a tabela do binder: procedimento, endpoint e segundos de lease',
    opcoes: ['json', 'seguir'],
  },
  completar: {
    operandos: ['<bash|zsh|fish>'],
    descricao: 'escreve o script com que o shell completa este comando',
    opcoes: [],
  },
} as const satisfies SubcommandTable<NomeDeOpcao>;

export type NomeDeSubcomando = keyof typeof SUBCOMANDOS;

export const TABELAS_DA_LINHA = {
  titulo: 'Subcomandos, que não precisam de um terminal:',
  opcoes: TODAS_AS_OPCOES,
  subcomandos: SUBCOMANDOS,
  comuns: ['binder', 'tls-ca', 'rastro', 'no-color'],
  soDeSubcomandos: Object.keys(OPCOES_DOS_SUBCOMANDOS) as (keyof typeof OPCOES_DOS_SUBCOMANDOS)[],
} as const;

/** Com que os subcomandos terminam. */
export const STATUS = {
  feito: { status: 0, quando: 'feito, ou encerrado por um sinal ou por quem lia a saída' },
  falha: { status: 1, quando: 'o processo falhou por dentro' },
  uso: { status: 2, quando: 'uso errado: subcomando, opção, nome, entrada que não se lê, ou um terminal que falta' },
  recusa: { status: 3, quando: 'o servidor recusou' },
  falta: { status: 4, quando: 'binder ou servidor não respondem, ou não podem servir agora' },
} as const;

export const RODAPE = [
  'Status de saída:',
  ...Object.values(STATUS).map(({ status, quando }) => `  ${status}  ${quando}`),
].join('\n');
