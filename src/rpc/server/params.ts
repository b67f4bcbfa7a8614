/** Do que veio no pedido, por posição ou por nome, aos parâmetros que o handler recebe. */

import type { z } from 'zod';
import { ContractError, type Problema } from '../../contract/errors.ts';
import { camposDe, ehObrigatorio, type Procedure } from '../../contract/procedure.ts';

/** O que a especificação admite em `params` (JSON-RPC 2.0, seção 4.2). */
export type ParamsNoFio = readonly unknown[] | Readonly<Record<string, unknown>> | undefined;

/**
 * Prepara a leitura dos parâmetros de um procedimento.
 * @returns uma função que os devolve verificados e normalizados, ou lança PARAMETROS_INVALIDOS com todas as falhas
 */
export function criarLeitorDeParametros(procedure: Procedure): (params: ParamsNoFio) => unknown {
  const nomes = camposDe(procedure).map(([nome]) => nome);
  const obrigatorios = camposDe(procedure)
    .filter(([, tipo]) => ehObrigatorio(tipo))
    .map(([nome]) => nome);

  return (params = {}) => {
    const valores: Record<string, unknown> = {};
    const problemas = ehLista(params) ? porPosicao(nomes, params, valores) : porNome(nomes, params, valores);
    const faltam = obrigatorios.filter((nome) => valores[nome] === undefined || valores[nome] === null);
    const lido = procedure.parametros.safeParse(valores);
    if (lido.success && problemas.length === 0 && faltam.length === 0) return lido.data;

    for (const nome of faltam) problemas.push({ parametro: nome, motivo: 'é obrigatório' });
    for (const falha of lido.error?.issues ?? []) {
      const [nome] = falha.path;
      if (!faltam.includes(String(nome))) problemas.push(emProblema(falha));
    }
    throw new ContractError('PARAMETROS_INVALIDOS', { problemas });
  };
}

function ehLista(params: NonNullable<ParamsNoFio>): params is readonly unknown[] {
  return Array.isArray(params);
}

function porPosicao(
  nomes: readonly string[],
  params: readonly unknown[],
  valores: Record<string, unknown>,
): Problema[] {
  nomes.forEach((nome, posicao) => {
    valores[nome] = params[posicao];
  });
  return params.slice(nomes.length).map((_, indice) => ({
    parametro: `#${nomes.length + indice + 1}`,
    motivo: `não há parâmetro nesta posição; são no máximo ${nomes.length}`,
  }));
}

function porNome(
  nomes: readonly string[],
  params: Readonly<Record<string, unknown>>,
  valores: Record<string, unknown>,
): Problema[] {
  for (const nome of nomes) {
    if (Object.hasOwn(params, nome)) valores[nome] = params[nome];
  }
  return Object.keys(params)
    .filter((nome) => !nomes.includes(nome))
    .map((nome) => ({ parametro: nome, motivo: 'não é um parâmetro deste procedimento' }));
}

function emProblema({ path, message }: z.core.$ZodIssue): Problema {
  return { parametro: path.join('.'), motivo: message };
}
