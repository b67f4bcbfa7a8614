/** O envelope JSON-RPC 2.0 (https://www.jsonrpc.org/specification): o que se lê de um corpo, e o que se responde. */

import { ContractError, type ErroNoFio } from '../../contract/errors.ts';
import type { ParamsNoFio } from './params.ts';

export type Id = string | number | null;

/** Uma chamada, como viaja. */
export interface Chamada {
  readonly method: string;
  readonly params: ParamsNoFio;
  /** `undefined` só numa notificação: para a especificação, null é um id (seção 4). */
  readonly id: Id | undefined;
}

export interface Resposta {
  readonly jsonrpc: '2.0';
  readonly id: Id;
  readonly result?: unknown;
  readonly error?: ErroNoFio;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @returns o valor, ou `undefined` (que JSON não tem) quando os bytes não são JSON em UTF-8 */
export function lerJson(corpo: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(corpo));
  } catch {
    return undefined;
  }
}

/** @returns `undefined` quando o valor não é uma chamada JSON-RPC 2.0 */
export function lerChamada(valor: unknown): Chamada | undefined {
  if (!ehObjeto(valor) || valor['jsonrpc'] !== '2.0' || typeof valor['method'] !== 'string') return undefined;
  const { method, params, id } = valor;
  if (Object.hasOwn(valor, 'params') && !ehObjeto(params) && !Array.isArray(params)) return undefined;
  if (Object.hasOwn(valor, 'id') && !ehId(id)) return undefined;
  return { method, params: params as ParamsNoFio, id: id as Id | undefined };
}

/** A resposta a um valor que não é uma chamada, com o id dele quando dá para saber qual é (JSON-RPC 2.0, seção 5). */
export function recusaDe(valor: unknown): Resposta {
  return recusar(new ContractError('PEDIDO_INVALIDO'), ehObjeto(valor) && ehId(valor['id']) ? valor['id'] : null);
}

/** @param id null quando não se sabe de que chamada é o erro */
export function recusar(erro: ContractError, id: Id = null): Resposta {
  return { jsonrpc: '2.0', id, error: erro.paraOFio() };
}

function ehObjeto(valor: unknown): valor is Record<string, unknown> {
  return typeof valor === 'object' && valor !== null && !Array.isArray(valor);
}

function ehId(valor: unknown): valor is Id {
  return valor === null || typeof valor === 'string' || (typeof valor === 'number' && voltaIgual(valor));
}

/**
 * Um inteiro além de 2⁵³ já chega aqui arredondado: devolvê-lo seria responder a outra chamada. Uma fração se lê e se
 * escreve no mesmo formato de quem a mandou.
 */
function voltaIgual(numero: number): boolean {
  return Number.isSafeInteger(numero) || (Number.isFinite(numero) && !Number.isInteger(numero));
}
