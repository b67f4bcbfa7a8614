/** Do que veio na chamada, por posição ou por nome, aos parâmetros que o handler recebe. */

import type * as z from 'zod';
import { ContractError, type Problema } from '../../contract/errors.ts';
import { camposDe, ehObrigatorio, type Procedure } from '../../contract/procedure.ts';

/** O que a especificação admite em `params` (JSON-RPC 2.0, seção 4.2). */
export type ParamsNoFio = readonly unknown[] | Readonly<Record<string, unknown>> | undefined;

/** Quantos problemas se contam por extenso: um pedido de 64 KB pode ter 32.000 parâmetros a mais. */
const MAXIMO_DE_PROBLEMAS = 20;

/**
 * Prepara a leitura dos parâmetros de um procedimento.
 * @returns uma função que os devolve verificados e normalizados, ou lança PARAMETROS_INVALIDOS com os problemas
 */
export function criarLeitorDeParametros(procedure: Procedure): (params: ParamsNoFio) => unknown {
  const nomes = camposDe(procedure).map(([nome]) => nome);
  const obrigatorios = camposDe(procedure)
    .filter(([, tipo]) => ehObrigatorio(tipo))
    .map(([nome]) => nome);

  return (params = {}) => {
    const valores: Record<string, unknown> = {};
    const sobras = ehLista(params) ? lerPorPosicao(nomes, params, valores) : lerPorNome(nomes, params, valores);
    const faltam = obrigatorios.filter((nome) => valores[nome] === undefined || valores[nome] === null);
    const lido = procedure.parametros.safeParse(valores);
    if (lido.success && sobras.total === 0 && faltam.length === 0) return lido.data;

    // Primeiro os parâmetros do procedimento: as sobras podem ser muitas, e não os escondem.
    const problemas: Problema[] = faltam.map((nome) => ({ parametro: nome, motivo: 'é obrigatório' }));
    for (const falha of lido.error?.issues ?? []) {
      const [nome] = falha.path;
      if (!faltam.includes(String(nome))) problemas.push(emProblema(falha));
    }
    throw parametrosInvalidos([...problemas, ...sobras.primeiras], problemas.length + sobras.total);
  };
}

/** O que veio além dos parâmetros do procedimento. */
interface Sobras {
  readonly primeiras: readonly Problema[];
  readonly total: number;
}

function ehLista(params: NonNullable<ParamsNoFio>): params is readonly unknown[] {
  return Array.isArray(params);
}

function lerPorPosicao(nomes: readonly string[], params: readonly unknown[], valores: Record<string, unknown>): Sobras {
  nomes.forEach((nome, posicao) => {
    valores[nome] = params[posicao];
  });
  const total = Math.max(0, params.length - nomes.length);
  const primeiras = Array.from({ length: Math.min(total, MAXIMO_DE_PROBLEMAS) }, (_, indice) => ({
    parametro: `#${nomes.length + indice + 1}`,
    motivo: `não há parâmetro nesta posição; são no máximo ${nomes.length}`,
  }));
  return { primeiras, total };
}

function lerPorNome(
  nomes: readonly string[],
  params: Readonly<Record<string, unknown>>,
  valores: Record<string, unknown>,
): Sobras {
  for (const nome of nomes) {
    if (Object.hasOwn(params, nome)) valores[nome] = params[nome];
  }
  const desconhecidos = Object.keys(params).filter((nome) => !nomes.includes(nome));
  const primeiras = desconhecidos
    .slice(0, MAXIMO_DE_PROBLEMAS)
    .map((nome) => ({ parametro: nome, motivo: 'não é um parâmetro deste procedimento' }));
  return { primeiras, total: desconhecidos.length };
}

function emProblema({ path, message }: z.core.$ZodIssue): Problema {
  return { parametro: path.join('.'), motivo: message };
}

function parametrosInvalidos(problemas: readonly Problema[], total: number): ContractError {
  const contados = problemas.slice(0, MAXIMO_DE_PROBLEMAS);
  const maisProblemas = total - contados.length;
  return new ContractError('PARAMETROS_INVALIDOS', {
    problemas: contados,
    ...(maisProblemas > 0 ? { maisProblemas } : {}),
  });
}
