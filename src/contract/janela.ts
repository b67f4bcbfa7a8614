/** O que a janela oferece: ver o sistema em funcionamento e, no laboratório, causar falhas nele. */

import * as z from 'zod';
import { inteiro, opcional } from './campos.ts';
import type { Contract, Procedure } from './procedure.ts';

/** Quanto dura, no máximo, uma falha que tem duração, em ms. */
export const DURACAO_MAXIMA_MS = 60_000;
/** Quantos acontecimentos cabem numa notificação `contar`; o corpo todo tem o limite de qualquer pedido. */
export const ACONTECIMENTOS_POR_AVISO = 500;

export const PAPEIS = ['binder', 'servidor', 'cliente'] as const;
export const FALHAS = [
  'matar',
  'congelar',
  'descongelar',
  'reiniciar',
  'cortar',
  'religar',
  'perder_resposta',
  'duplicar_pedido',
  'atrasar',
  'vencer_lease',
] as const;
export const GARANTIAS = ['chave', 'cursor', 'espera', 'lease'] as const;

const texto = (maximo: number) =>
  z.string({ error: 'deve ser um texto' }).max(maximo, {
    error: `deve ter no máximo ${maximo} caracteres`,
  });
const identificador = z.string({ error: 'deve ser um texto' }).regex(/^[A-Za-z0-9_.:-]{1,64}$/, {
  error: 'deve ter de 1 a 64 caracteres entre A-Z a-z 0-9 _ . : -',
});
/** O identificador de uma chamada que vai de um processo a outro: o span-id do W3C Trace Context. */
const chamada = z.string({ error: 'deve ser um texto' }).regex(/^[0-9a-f]{16}$/, {
  error: 'deve ter 16 dígitos hexadecimais minúsculos',
});
const procedimento = texto(128);
/** `ok`, ou o tipo do erro. */
const desfecho = texto(64);
/** Os parâmetros ou o resultado, em JSON, já sem textos de mensagens nem tokens. */
const conteudo = texto(2_000);

const base = {
  /** Cresce de um em um em cada processo, a partir de 1. */
  n: inteiro(1, Number.MAX_SAFE_INTEGER),
  /** A hora do processo, em ms desde 1970. */
  ms: z.number({ error: 'deve ser um número' }),
};

const acontecimento = z.discriminatedUnion('tipo', [
  z.object({
    ...base,
    tipo: z.literal('enviou'),
    chamada,
    procedimento,
    /** `host:porta` de quem deve recebê-la. */
    para: texto(300),
    params: conteudo.optional(),
    /** Um resumo da chave de repetição: o mesmo em todas as tentativas de uma mensagem. */
    chave: identificador.optional(),
  }),
  z.object({
    ...base,
    tipo: z.literal('chegou'),
    chamada,
    procedimento,
    /** Veio sem `traceparent`: quem chamou não conta nada, e não há um `enviou` por que esperar. */
    deFora: z.literal(true, { error: 'deve ser true' }).optional(),
  }),
  z.object({ ...base, tipo: z.literal('respondeu'), chamada, desfecho, resultado: conteudo.optional() }),
  z.object({ ...base, tipo: z.literal('recebeu'), chamada, desfecho }),
  /** Quem chamou já não espera pela resposta. */
  z.object({ ...base, tipo: z.literal('desistiu'), chamada, motivo: texto(64) }),
  z.object({
    ...base,
    tipo: z.literal('lease'),
    procedimento,
    endpoint: texto(300),
    /** `null` quando o registro não vence. */
    ttl_s: inteiro(1, 86_400, 'segundos').nullable(),
  }),
  z.object({
    ...base,
    tipo: z.literal('lease_fim'),
    procedimento,
    endpoint: texto(300),
    motivo: z.enum(['vencido', 'retirado'], { error: 'deve ser "vencido" ou "retirado"' }),
  }),
  z.object({ ...base, tipo: z.literal('encerrou') }),
]);

/** Um acontecimento, como o processo o conta. */
export type Acontecimento = z.output<typeof acontecimento>;

const apresentacao = z.object({
  /** Único neste sistema: papel, pid e o instante da partida. */
  id: identificador,
  papel: z.enum(PAPEIS, { error: `deve ser um de ${PAPEIS.join(', ')}` }),
  /** Como aparece no alto da faixa; o nome de uma pessoa não vai aqui. */
  nome: texto(40),
  pid: inteiro(1, Number.MAX_SAFE_INTEGER),
  /** `host:porta` em que atende; `null` em quem só chama. */
  endereco: texto(300).nullable(),
});

/** Quem conta. */
export type Apresentacao = z.output<typeof apresentacao>;

const processo = z.object({
  nome: z.string(),
  papel: z.enum(PAPEIS),
  pid: z.int(),
  endereco: z.string().nullable(),
  estado: z.enum(['vivo', 'congelado', 'morto']),
});

export type Processo = z.output<typeof processo>;

const veredito = z.object({
  enviadas: z.int(),
  confirmadas: z.int(),
  entregues: z.int(),
  perdidas: z.int(),
  dobradas: z.int(),
  fora_de_ordem: z.int(),
  vazadas: z.int(),
});

export type Veredito = z.output<typeof veredito>;
export type Papel = (typeof PAPEIS)[number];
export type Falha = (typeof FALHAS)[number];
export type Garantia = (typeof GARANTIAS)[number];

export const JANELA_PROCEDURES = {
  contar: {
    descricao: 'Um processo conta o que aconteceu nele, como notificação, em ordem e em grupos.',
    acesso: 'livre',
    repeticao: 'segura',
    parametros: z.object({
      processo: apresentacao,
      acontecimentos: z.array(acontecimento, { error: 'deve ser uma lista' }).max(ACONTECIMENTOS_POR_AVISO, {
        error: `deve ter no máximo ${ACONTECIMENTOS_POR_AVISO} acontecimentos`,
      }),
      /** Quantos, desde a partida, não couberam na fila de quem conta. */
      naoContados: inteiro(0, Number.MAX_SAFE_INTEGER),
    }),
    resultado: z.literal(true),
    erros: ['LIMITE_EXCEDIDO'],
  },
  listar_processos: {
    descricao: 'Os processos que a janela conhece.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({}),
    resultado: z.array(processo),
    erros: [],
  },
  causar_falha: {
    descricao: 'Causa uma falha de verdade num processo ou na rede dele; só no laboratório.',
    acesso: 'segredo',
    repeticao: 'unica',
    parametros: z.object({
      falha: z.enum(FALHAS, { error: `deve ser uma de ${FALHAS.join(', ')}` }),
      alvo: texto(40),
      ms: opcional(inteiro(1, DURACAO_MAXIMA_MS, 'ms')),
    }),
    resultado: z.literal(true),
    erros: ['SEGREDO_INVALIDO', 'LIMITE_EXCEDIDO'],
  },
  mudar_garantia: {
    descricao: 'Liga ou desliga uma garantia que os robôs pedem; só no laboratório.',
    acesso: 'segredo',
    repeticao: 'segura',
    parametros: z.object({
      garantia: z.enum(GARANTIAS, { error: `deve ser uma de ${GARANTIAS.join(', ')}` }),
      ligada: z.boolean({ error: 'deve ser true ou false' }),
    }),
    resultado: z.literal(true),
    erros: ['SEGREDO_INVALIDO'],
  },
  veredito: {
    descricao: 'O que os robôs enviaram e o que receberam, conferido mensagem por mensagem.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({}),
    resultado: veredito,
    erros: [],
  },
} as const satisfies Record<string, Procedure>;

export type JanelaProcedures = typeof JANELA_PROCEDURES;

export const JANELA_CONTRACT: Contract<JanelaProcedures> = {
  titulo: 'Janela do Chat System Distribuido',
  procedures: JANELA_PROCEDURES,
};
