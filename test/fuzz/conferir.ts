/** O que toda resposta do contrato tem de ser, qualquer que tenha sido o pedido. */

import type { RespostaHttp } from '../../scripts/comum/jsonrpc.ts';

/** @throws se não é uma resposta JSON-RPC 2.0 do contrato */
export function conferirResposta(valor: unknown, pedido: string): void {
  const recusar = (porque: string): never => {
    throw new Error(`${porque}: ${JSON.stringify(valor)?.slice(0, 500)}\nao pedido: ${pedido.slice(0, 500)}`);
  };
  const { jsonrpc, id, error, ...resto } = emObjeto(valor) ?? recusar('não é um objeto');
  if (jsonrpc !== '2.0') recusar('jsonrpc não é "2.0"');
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') recusar('o id não é de JSON-RPC');
  const tem = { result: Object.hasOwn(resto, 'result'), error: error !== undefined };
  if (tem.result === tem.error) recusar('devia ter um result ou um error, e só um deles');
  if (Object.keys(resto).some((nome) => nome !== 'result')) recusar('tem campos a mais');
  if (error !== undefined) conferirErro(error as Record<string, unknown>, recusar);
}

function emObjeto(valor: unknown): Record<string, unknown> | undefined {
  return typeof valor === 'object' && valor !== null && !Array.isArray(valor) ? { ...valor } : undefined;
}

function conferirErro({ code, message, data }: Record<string, unknown>, recusar: (porque: string) => never): void {
  if (!Number.isInteger(code)) recusar('o código do erro não é inteiro');
  if (code === -32603) recusar('o processo falhou por dentro');
  if (typeof message !== 'string' || message === '') recusar('o erro não diz nada');
  if (/\bat .*:\d+:\d+|node_modules|dist\//.test(String(message))) recusar('o erro conta como o processo é feito');
  const { tipo, problemas } = data as { tipo?: unknown; problemas?: unknown };
  if (typeof tipo !== 'string') recusar('o erro não tem tipo');
  if (code === -32602 && !(Array.isArray(problemas) && problemas.length > 0)) recusar('faltam os problemas');
}

/** @param pedido o corpo que se mandou @throws se a resposta HTTP a um corpo JSON não é a do contrato */
export function conferirHttp({ status, headers, corpo }: RespostaHttp, pedido: string): void {
  if (status === 204) {
    if (corpo !== '') throw new Error(`204 com corpo, ao pedido: ${pedido.slice(0, 500)}`);
    return;
  }
  if (status !== 200 && status !== 413) throw new Error(`HTTP ${status} ao pedido: ${pedido.slice(0, 500)}`);
  if (!/^application\/json/.test(headers['content-type'] ?? '')) throw new Error('a resposta não é JSON');
  const valor = JSON.parse(corpo) as unknown;
  if (Array.isArray(valor) && valor.length === 0) throw new Error(`um batch vazio ao pedido: ${pedido.slice(0, 500)}`);
  for (const resposta of Array.isArray(valor) ? valor : [valor]) conferirResposta(resposta, pedido);
}
