/** Os cinco procedimentos do binder: nome de procedimento → endpoints. */

import * as z from 'zod';
import { inteiro, opcional, texto } from './campos.ts';
import { ESQUEMA_DO_ENDERECO, esquemaDeTexto } from './esquemas.ts';
import { ESPERA_MAXIMA_MS } from './limites.ts';
import type { Contract, Procedure } from './procedure.ts';

const procedureName = z
  .string({ error: 'deve ser um texto' })
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, { error: 'deve ter de 1 a 128 caracteres entre A-Z a-z 0-9 _ . -' })
  .meta({ id: 'NomeDeProcedimento', ...esquemaDeTexto(1, 128) });

/** Rótulos de um nome de máquina (RFC 1123, seção 2.1); um IPv4 tem a mesma forma. */
const NOME_DE_MAQUINA =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$/;
/** O que é mais longo não é nome nem IP, e nem se olha. */
const MAXIMO_DO_ENDERECO = 253;
const SO_DIGITOS_E_PONTOS = /^[\d.]+$/;

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();

/** @param texto um IPv6 sem colchetes, com ou sem zona (`fe80::1%eth0`) */
function ehIpv6(texto: string): boolean {
  return ipv6.safeParse(texto.replace(/%[A-Za-z0-9_.-]{1,32}$/, '')).success;
}

/** @returns se o texto serve de `address`: um nome de máquina ou um IP, com um IPv6 sem colchetes */
export function ehEndereco(texto: string): boolean {
  if (texto.length > MAXIMO_DO_ENDERECO) return false;
  if (texto.includes(':')) return ehIpv6(texto);
  if (SO_DIGITOS_E_PONTOS.test(texto)) return ipv4.safeParse(texto).success;
  return NOME_DE_MAQUINA.test(texto);
}

const address = z
  .string({ error: 'deve ser um texto' })
  .refine(ehEndereco, { error: 'deve ser um nome de máquina ou um endereço IP (IPv6 sem colchetes)' })
  .meta({ id: 'Endereco', ...ESQUEMA_DO_ENDERECO });

const port = inteiro(1, 65535);
const ttl = inteiro(1, 86400, 'segundos');

/** Quem pergunta confere a resposta pela mesma regra com que o binder confere quem se registra. */
const endpoint = z.object({ procedure_name: procedureName, address, port, ttl_s: ttl.nullable() });

export type EndpointDoProcedimento = z.output<typeof endpoint>;

const tabela = z.array(
  z.object({
    procedure_name: procedureName,
    endpoints: z.array(endpoint.omit({ procedure_name: true })),
  }),
);

const MAXIMO_DA_VERSAO = 64;
const versao = texto(0, MAXIMO_DA_VERSAO).meta({
  id: 'Versao',
  ...esquemaDeTexto(0, MAXIMO_DA_VERSAO),
  description: 'um texto que o binder deu: muda quando um endpoint vem ou vai, e não quando se renova',
});

export const BINDER_PROCEDURES = {
  register_procedure: {
    descricao:
      'Registra um endpoint de um procedimento. Com `ttl_s` (segundos), o registro é um lease, e registrar de novo o renova.',
    acesso: 'segredo',
    repeticao: 'segura',
    parametros: z.object({ procedure_name: procedureName, address, port, ttl_s: opcional(ttl) }),
    resultado: endpoint,
    erros: ['SEGREDO_INVALIDO', 'LIMITE_EXCEDIDO', 'SERVICO_INDISPONIVEL'],
  },
  lookup_procedure: {
    descricao:
      'Devolve um endpoint vivo do procedimento; se há vários, um de cada vez. `ttl_s` diz por quantos segundos a resposta pode ser guardada.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({ procedure_name: procedureName }),
    resultado: endpoint,
    erros: ['PROCEDIMENTO_NAO_REGISTRADO', 'SERVICO_INDISPONIVEL'],
  },
  unregister_procedure: {
    descricao: 'Retira um endpoint de um procedimento; `true` se ele estava registrado.',
    acesso: 'segredo',
    repeticao: 'segura',
    parametros: z.object({ procedure_name: procedureName, address, port }),
    resultado: z.boolean(),
    erros: ['SEGREDO_INVALIDO', 'SERVICO_INDISPONIVEL'],
  },
  list_procedures: {
    descricao: 'Lista, por nome, os procedimentos que têm um endpoint vivo.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({}),
    resultado: tabela,
    erros: ['SERVICO_INDISPONIVEL'],
  },
  watch_procedures: {
    descricao:
      'Devolve a tabela e a versão dela. Com `desde` igual à versão de agora, espera até `esperarMs` por uma mudança; senão responde já.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({
      desde: opcional(versao),
      esperarMs: opcional(inteiro(0, ESPERA_MAXIMA_MS, 'ms')),
    }),
    resultado: z.object({ versao, procedures: tabela }),
    erros: ['SERVICO_INDISPONIVEL'],
  },
} as const satisfies Record<string, Procedure>;

export type BinderProcedures = typeof BINDER_PROCEDURES;

export const BINDER_CONTRACT: Contract<BinderProcedures> = {
  titulo: 'Binder do Chat System Distribuido',
  procedures: BINDER_PROCEDURES,
};
