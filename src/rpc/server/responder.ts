/**
 * De um corpo a uma resposta JSON-RPC 2.0: JSON → quem chama → uma chamada ou um batch → texto.
 * Esta pasta conhece contratos em geral e nenhum procedimento pelo nome.
 */

import { setImmediate as proximaVolta } from 'node:timers/promises';
import { ContractError } from '../../contract/errors.ts';
import type { Acesso, Procedures } from '../../contract/procedure.ts';
import { lerChamada, lerJson, type Resposta, recusaDe, recusar } from './envelope.ts';
import type { Atendimento, CallContext, Responder } from './http/atendimento.ts';
import type { Corpo } from './http/escrita.ts';
import { criarMetodos, type Identificado, type Metodos, type ServerOptions } from './metodos.ts';
import { corpoDaResposta, textoDaResposta } from './serializacao.ts';

/** Quantas chamadas cabem num batch. */
export const MAXIMO_POR_BATCH = 50;

/**
 * Quanto podem somar as respostas de um batch, em caracteres: cinquenta leituras de uma sala de mensagens longas
 * dariam 40 MB. O que passa disso, se pode ser repetido, fica para outro pedido.
 */
const MAXIMO_POR_RESPOSTA_DE_BATCH = 1024 * 1024;
const RESPOSTA_DE_BATCH_CHEIA = 'As respostas deste batch já são grandes demais. Repita esta chamada em outro pedido.';

export function criarResponder<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>>(
  options: ServerOptions<P, Identity, Callers>,
): Responder {
  const { authentication } = options;
  const metodos = criarMetodos(options);

  async function identificar(context: CallContext): Promise<Identificado<Identity>> {
    try {
      return { identity: await authentication.identificar(context), context };
    } catch (falha) {
      return { falha, context };
    }
  }

  function responder(valor: unknown, quem: Identificado<Identity>): Promise<Corpo | undefined> | Corpo {
    if (!Array.isArray(valor)) return responderUma(metodos, valor, quem, corpoDaResposta);
    if (valor.length === 0) return textoDaResposta(recusaDe(valor));
    if (valor.length > MAXIMO_POR_BATCH) return textoDaResposta(recusar(batchGrande(valor.length)));
    return responderBatch(metodos, valor, quem);
  }

  async function atender(valor: unknown, context: CallContext): Promise<Atendimento> {
    if (valor === undefined) {
      return { corpo: textoDaResposta(recusar(new ContractError('ERRO_DE_LEITURA'))), reconhecido: false };
    }
    // Uma vez por pedido HTTP, antes de tudo: as entradas de um batch começam em ordem, e toda chamada conta como presença.
    const quem = await identificar(context);
    const reconhecido = 'identity' in quem && authentication.reconhece(quem.identity);
    return { corpo: await responder(valor, quem), reconhecido };
  }

  // Fora da função que espera: uma chamada pode levar dois minutos, e com ela não fica o corpo que a trouxe.
  return (corpo, context) => atender(lerJson(corpo), context);
}

/** @returns a resposta, como `escrever` a dá; `undefined` para uma notificação */
async function responderUma<Identity, T>(
  metodos: Metodos<Identity>,
  valor: unknown,
  quem: Identificado<Identity>,
  escrever: (resposta: Resposta) => T,
): Promise<T | string | undefined> {
  const chamada = lerChamada(valor);
  const resposta = chamada ? await metodos.chamar(chamada, quem) : recusaDe(valor);
  if (!resposta) return undefined;
  try {
    return escrever(resposta);
  } catch (erro) {
    return JSON.stringify({ jsonrpc: '2.0', id: resposta.id, error: metodos.emErroNoFio(erro, 'serialização') });
  }
}

/** As entradas começam na ordem em que vêm, e uma não espera pela resposta de outra. */
async function responderBatch<Identity>(
  metodos: Metodos<Identity>,
  entradas: readonly unknown[],
  quem: Identificado<Identity>,
): Promise<string | undefined> {
  const andamento: Promise<string | undefined>[] = [];
  let caracteres = 0;
  const responder = async (entrada: unknown) => {
    const texto = await responderUma(metodos, entrada, quem, textoDaResposta);
    caracteres += texto?.length ?? 0;
    return texto;
  };
  for (const entrada of entradas) {
    const repetivel = metodos.ehRepetivel(lerChamada(entrada)?.method ?? '');
    if (repetivel && caracteres >= MAXIMO_POR_RESPOSTA_DE_BATCH) andamento.push(Promise.resolve(adiar(entrada)));
    else andamento.push(responder(entrada));
    // Uma volta do event loop: a resposta pronta já conta, e quem chama de outra conexão também é atendido.
    if (repetivel) await proximaVolta();
  }
  const textos = (await Promise.all(andamento)).filter((texto) => texto !== undefined);
  return textos.length > 0 ? `[${textos.join(',')}]` : undefined;
}

function adiar(entrada: unknown): string | undefined {
  const id = lerChamada(entrada)?.id;
  if (id === undefined) return undefined;
  return textoDaResposta(recusar(new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: 0 }, RESPOSTA_DE_BATCH_CHEIA), id));
}

function batchGrande(entradas: number): ContractError {
  return new ContractError(
    'PEDIDO_INVALIDO',
    {},
    `O batch tem ${entradas} chamadas, e cabem no máximo ${MAXIMO_POR_BATCH}. Divida-o.`,
  );
}

/** @returns o corpo com que a borda recusa um pedido HTTP: um erro JSON-RPC que não é de chamada alguma */
export function corpoDaRecusa(message: string): string {
  return textoDaResposta(recusar(new ContractError('PEDIDO_INVALIDO', {}, message)));
}
