/** A leitura de uma resposta JSON-RPC que veio de fora: quem está do outro lado pode não ser quem devia. */

import { ContractError, type DetalhesDoErro, type Problema, tipoDoCodigo } from '../../contract/errors.ts';

interface ErroLido {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface Resposta {
  readonly result?: unknown;
  readonly error?: ErroLido;
}

/** @returns `undefined` quando não é uma resposta JSON-RPC 2.0 a esse pedido */
export function lerResposta(valor: unknown, id: unknown): Resposta | undefined {
  if (typeof valor !== 'object' || valor === null) return undefined;
  const resposta = valor as Record<string, unknown>;
  if (resposta['jsonrpc'] !== '2.0') return undefined;
  const error = resposta['error'] as Partial<ErroLido> | undefined;
  if (error)
    return typeof error.code === 'number' && typeof error.message === 'string' ? (resposta as Resposta) : undefined;
  return resposta['id'] === id && 'result' in resposta ? resposta : undefined;
}

/** @returns `undefined` quando o contrato não conhece o código */
export function emErroDoContrato({ code, message, data }: ErroLido): ContractError | undefined {
  const tipo = tipoDoCodigo(code);
  return tipo && new ContractError(tipo, lerDetalhes(data), message);
}

/** Só o que tem a forma do contrato: quem trata o erro conta com ela. */
function lerDetalhes(data: unknown): DetalhesDoErro {
  const { problemas, tenteEmMs, referencia } = (data ?? {}) as Record<string, unknown>;
  return {
    ...(Array.isArray(problemas) ? { problemas: problemas.filter(ehProblema) } : {}),
    ...(ehDuracao(tenteEmMs) ? { tenteEmMs } : {}),
    ...(typeof referencia === 'string' ? { referencia } : {}),
  };
}

/** `1e999`, que em JSON é um número, no JavaScript é infinito. */
function ehDuracao(valor: unknown): valor is number {
  return typeof valor === 'number' && Number.isFinite(valor) && valor >= 0;
}

function ehProblema(valor: unknown): valor is Problema {
  const { parametro, motivo } = (valor ?? {}) as Record<string, unknown>;
  return typeof parametro === 'string' && typeof motivo === 'string';
}
