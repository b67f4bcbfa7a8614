/** Contrato → documento OpenRPC (https://spec.open-rpc.org), o que `rpc.discover` responde. */

import * as z from 'zod';
import { ERROS } from './errors.ts';
import { type Contract, camposDe, ehObrigatorio, type Procedure } from './procedure.ts';

/** A última que os geradores de código aceitam. */
const VERSAO_DO_OPENRPC = '1.2.6';

/** `rpc.discover` é o nome que a especificação OpenRPC reserva para a descrição do próprio serviço. */
export const RPC_DISCOVER = 'rpc.discover';

/** Não está no documento: é por onde ele se obtém. */
export const DISCOVER: Procedure = {
  descricao: 'Dá o documento OpenRPC deste processo.',
  acesso: 'livre',
  repeticao: 'segura',
  parametros: z.object({}),
  resultado: z.unknown(),
  erros: [],
};

const COMPONENTES = '#/components/schemas/';

type Esquemas = Record<string, unknown>;

/**
 * O JSON Schema do que viaja: para os parâmetros, a forma antes de normalizar.
 * @param esquemas recebe os que têm nome, cada um uma vez: dois iguais seriam dois tipos para quem gera código
 */
function jsonSchema(tipo: z.ZodType, esquemas: Esquemas): Esquemas {
  const { $schema: _, definitions = {}, ...schema } = z.toJSONSchema(tipo, { io: 'input', target: 'draft-7' });
  for (const [nome, esquema] of Object.entries(definitions as Esquemas)) {
    esquemas[nome] = { title: nome, ...(apontarParaComponentes(esquema) as Esquemas) };
  }
  return apontarParaComponentes(schema) as Esquemas;
}

/** O zod põe os que têm nome em `definitions`, e uma referência sozinha dentro de um `allOf`. */
function apontarParaComponentes(valor: unknown): unknown {
  if (Array.isArray(valor)) return valor.map(apontarParaComponentes);
  if (typeof valor !== 'object' || valor === null) return valor;
  const { allOf, ...resto } = valor as { allOf?: readonly unknown[] };
  if (allOf?.length === 1 && Object.keys(resto).length === 0) return apontarParaComponentes(allOf[0]);
  return Object.fromEntries(
    Object.entries(valor).map(([chave, dentro]) => [
      chave,
      chave === '$ref' ? String(dentro).replace('#/definitions/', COMPONENTES) : apontarParaComponentes(dentro),
    ]),
  );
}

function descreverMetodo(nome: string, procedure: Procedure, esquemas: Esquemas, original?: string) {
  return {
    name: nome,
    summary: original ? `Apelido de ${original}. ${procedure.descricao}` : procedure.descricao,
    paramStructure: 'either',
    params: camposDe(procedure).map(([name, tipo]) => ({
      name,
      required: ehObrigatorio(tipo),
      schema: jsonSchema(tipo, esquemas),
    })),
    result: { name: 'resultado', schema: jsonSchema(procedure.resultado, esquemas) },
    errors: procedure.erros.map((tipo) => ({
      code: ERROS[tipo].code,
      message: ERROS[tipo].message,
      data: { tipo },
    })),
    'x-acesso': procedure.acesso,
  };
}

/**
 * @param version a de quem cumpre o contrato
 * @returns o documento OpenRPC do contrato, apelidos incluídos
 */
export function openRpc(contract: Contract, version: string) {
  const schemas: Esquemas = {};
  const methods = Object.entries(contract.procedures).flatMap(([nome, procedure]) => [
    descreverMetodo(nome, procedure, schemas),
    ...(procedure.apelidos ?? []).map((apelido) => descreverMetodo(apelido, procedure, schemas, nome)),
  ]);
  return {
    openrpc: VERSAO_DO_OPENRPC,
    info: { title: contract.titulo, version },
    methods,
    components: { schemas },
  };
}
