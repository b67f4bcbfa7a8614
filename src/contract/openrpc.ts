/** Contrato → documento OpenRPC 1.3 (https://spec.open-rpc.org), o que `rpc.discover` responde. */

import { z } from 'zod';
import { ERROS } from './errors.ts';
import { type Contract, camposDe, ehObrigatorio, type Procedure } from './procedure.ts';

const VERSAO_DO_OPENRPC = '1.3.2';

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

/** O JSON Schema do que viaja: para os parâmetros, a forma antes de normalizar. */
function jsonSchema(tipo: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(tipo, { io: 'input', target: 'draft-7' });
  return schema;
}

function descreverMetodo(nome: string, procedure: Procedure, original?: string) {
  return {
    name: nome,
    summary: original ? `Apelido de ${original}. ${procedure.descricao}` : procedure.descricao,
    paramStructure: 'either',
    params: camposDe(procedure).map(([name, tipo]) => ({
      name,
      required: ehObrigatorio(tipo),
      schema: jsonSchema(tipo),
    })),
    result: { name: 'resultado', schema: jsonSchema(procedure.resultado) },
    errors: procedure.erros.map((tipo) => ({
      code: ERROS[tipo].code,
      message: ERROS[tipo].message,
      data: { tipo },
    })),
    'x-acesso': procedure.acesso,
  };
}

/** @returns o documento OpenRPC do contrato, apelidos incluídos */
export function openRpc(contract: Contract) {
  return {
    openrpc: VERSAO_DO_OPENRPC,
    info: { title: contract.titulo, version: contract.versao },
    methods: Object.entries(contract.procedures).flatMap(([nome, procedure]) => [
      descreverMetodo(nome, procedure),
      ...(procedure.apelidos ?? []).map((apelido) => descreverMetodo(apelido, procedure, nome)),
    ]),
  };
}
