/**
 * Contrato + handlers + autenticação → respostas JSON-RPC 2.0.
 * O caminho é um só: identificação → envelope → procedimento → parâmetros → autorização → handler → resposta.
 * Esta pasta conhece contratos em geral e nenhum procedimento pelo nome.
 */

import { randomBytes } from 'node:crypto';
import { setImmediate as proximaVolta } from 'node:timers/promises';
import jayson from 'jayson';
import { ContractError, type ErroNoFio, fromUnknown } from '../../contract/errors.ts';
import { openRpc, RPC_DISCOVER } from '../../contract/openrpc.ts';
import {
  type Acesso,
  type Contract,
  efeitoDeRepetir,
  type Handlers,
  type Procedure,
  type Procedures,
} from '../../contract/procedure.ts';
import { criarLeitorDeParametros, type ParamsNoFio } from './params.ts';
import { type Corpo, corpoDaResposta, textoDaResposta } from './serializacao.ts';

/** Quantas chamadas cabem num batch. */
export const MAXIMO_POR_BATCH = 50;

/**
 * Quanto podem somar as respostas de um batch, em caracteres: cinquenta leituras de uma sala de mensagens longas
 * dariam 40 MB. O que passa disso, se pode ser repetido, fica para outro pedido.
 */
const MAXIMO_POR_RESPOSTA_DE_BATCH = 1024 * 1024;

/** O que o transporte sabe de quem chama. */
export interface CallContext {
  /** O token ou segredo de `Authorization: Bearer`, se veio. */
  readonly bearer: string | undefined;
  /** O endereço IP de onde veio a chamada. */
  readonly enderecoRemoto: string;
  /** A conexão por onde veio: a mesma, a cada pedido de quem a mantém aberta. */
  readonly conexao: object;
  /** Chama `aoDesistir` se a conexão cair antes da resposta. */
  readonly aoDesistir: (aoDesistir: () => void) => void;
}

/** Como um processo sabe quem chama: identifica o pedido HTTP, sem recusar; autoriza cada chamada, depois dos parâmetros. */
export interface Authentication<Identity, Callers extends Record<Acesso, unknown>> {
  /** Nunca recusa: um bearer desconhecido é só uma identidade a menos. */
  readonly identificar: (context: CallContext) => Promise<Identity> | Identity;
  /** @throws ContractError quando quem chama não pode */
  readonly autorizar: <A extends Acesso>(acesso: A, identity: Identity, params: unknown) => Callers[A];
}

interface ServerOptions<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>> {
  readonly contract: Contract<P>;
  readonly handlers: Handlers<P, Callers>;
  readonly authentication: Authentication<Identity, Callers>;
  /** Recebe o que falhou por dentro, com a referência que vai na resposta. */
  readonly aoFalhar: (erro: unknown, referencia: string, procedimento: string) => void;
}

/** @returns a resposta já serializada, ou `undefined` quando só havia notificações */
export type Responder = (corpo: Buffer, context: CallContext) => Promise<Corpo | undefined>;

const RESPOSTA_DE_BATCH_CHEIA = 'As respostas deste batch já são grandes demais. Repita esta chamada em outro pedido.';

type Id = string | number | null;

interface Pedido {
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

type MetodoDoJayson = InstanceType<typeof jayson.Method>;

/** O jayson só vê chamadas com este id: ele trataria null como notificação. */
const ID_INTERNO = 0;

export function criarResponder<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>>({
  contract,
  handlers,
  authentication,
  aoFalhar,
}: ServerOptions<P, Identity, Callers>): Responder {
  /** O que o jayson leva até o método. */
  type Identificado = { readonly identity: Identity } | { readonly falha: unknown };

  const metodos = new Map<string, MetodoDoJayson>();
  /** Os que dão o mesmo quando repetidos: só a resposta deles pode ficar para depois. */
  const repetiveis = new Set<string>([RPC_DISCOVER]);
  const documento = openRpc(contract);
  metodos.set(
    RPC_DISCOVER,
    emMetodo(RPC_DISCOVER, async () => documento),
  );

  for (const [nome, procedure] of Object.entries<Procedure>(contract.procedures)) {
    const lerParametros = criarLeitorDeParametros(procedure);
    const handler = handlers[nome] as (params: unknown, caller: unknown) => Promise<unknown>;
    const metodo = emMetodo(nome, (paramsNoFio, identity) => {
      const params = lerParametros(paramsNoFio);
      return handler(params, authentication.autorizar(procedure.acesso, identity, params));
    });
    for (const chamavel of [nome, ...(procedure.apelidos ?? [])]) {
      metodos.set(chamavel, metodo);
      if (efeitoDeRepetir(procedure, {}) === 'nenhum') repetiveis.add(chamavel);
    }
  }

  const desconhecido = emMetodo('', async () => {
    throw new ContractError('PROCEDIMENTO_DESCONHECIDO');
  });

  const servidor = new jayson.Server({}, { router: (nome: string) => metodos.get(nome) ?? desconhecido });

  /** Um erro que o handler lança chega ao jayson como objeto simples: de um `Error` ele esconderia a mensagem. */
  function emMetodo(nome: string, agir: (params: ParamsNoFio, identity: Identity) => Promise<unknown>): MetodoDoJayson {
    const agirComo = async (quem: Identificado, params: ParamsNoFio) => {
      if ('falha' in quem) throw quem.falha;
      return await agir(params, quem.identity);
    };
    const handler = (params: unknown, context: object, responder: (erro: unknown, resultado?: unknown) => void) => {
      agirComo(context as Identificado, params as ParamsNoFio).then(
        (resultado) => responder(null, resultado),
        (erro: unknown) => responder(emErroNoFio(erro, nome)),
      );
    };
    return new jayson.Method(handler as never, { useContext: true });
  }

  function emErroNoFio(erro: unknown, nome: string): ErroNoFio {
    const conhecido = fromUnknown(erro);
    if (conhecido.tipo !== 'ERRO_INTERNO') return conhecido.paraOFio();
    const referencia = randomBytes(4).toString('hex');
    aoFalhar(erro, referencia, nome);
    return new ContractError('ERRO_INTERNO', { referencia }).paraOFio();
  }

  /** Se não se pôde saber quem chama, cada chamada responde por quê. */
  async function identificar(context: CallContext): Promise<Identificado> {
    try {
      return { identity: await authentication.identificar(context) };
    } catch (falha) {
      return { falha };
    }
  }

  function chamar({ method, params, id }: Pedido, context: Identificado): Promise<Resposta | undefined> {
    const request =
      params === undefined
        ? { jsonrpc: '2.0', id: ID_INTERNO, method }
        : { jsonrpc: '2.0', id: ID_INTERNO, method, params };
    return new Promise((resolve) => {
      servidor.call(request as jayson.JSONRPCRequest, context, (erro: unknown, resposta: unknown) => {
        resolve(id === undefined ? undefined : { ...((erro ?? resposta) as Resposta), id });
      });
    });
  }

  function responderUm(valor: unknown, context: Identificado): Promise<Resposta | undefined> {
    const pedido = lerPedido(valor);
    return pedido ? chamar(pedido, context) : Promise.resolve(recusa('PEDIDO_INVALIDO', idDe(valor)));
  }

  async function responderBatch(entradas: readonly unknown[], context: Identificado): Promise<string | undefined> {
    const andamento: Promise<string | undefined>[] = [];
    let caracteres = 0;
    const responder = async (entrada: unknown) => {
      const resposta = await responderUm(entrada, context);
      const texto = resposta && serializar(resposta, textoDaResposta);
      caracteres += texto?.length ?? 0;
      return texto;
    };
    for (const entrada of entradas) {
      const repetivel = repetiveis.has(lerPedido(entrada)?.method ?? '');
      if (repetivel && caracteres >= MAXIMO_POR_RESPOSTA_DE_BATCH) andamento.push(adiar(entrada));
      else andamento.push(responder(entrada));
      // Uma volta do event loop: a resposta pronta já conta, e quem chama de outra conexão também é atendido.
      if (repetivel) await proximaVolta();
    }
    const textos = (await Promise.all(andamento)).filter((texto) => texto !== undefined);
    return textos.length > 0 ? `[${textos.join(',')}]` : undefined;
  }

  async function adiar(entrada: unknown): Promise<string | undefined> {
    const pedido = lerPedido(entrada);
    if (pedido?.id === undefined) return undefined;
    const error = new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: 0 }, RESPOSTA_DE_BATCH_CHEIA).paraOFio();
    return textoDaResposta({ jsonrpc: '2.0', id: pedido.id, error });
  }

  function serializar<T>(resposta: Resposta, escrever: (resposta: Resposta) => T): T | string {
    try {
      return escrever(resposta);
    } catch (erro) {
      return JSON.stringify({ jsonrpc: '2.0', id: resposta.id, error: emErroNoFio(erro, 'serialização') });
    }
  }

  return async (corpo, context) => {
    const valor = lerJson(corpo);
    if (valor === undefined) return textoDaResposta(recusa('ERRO_DE_LEITURA', null));
    // Uma vez por pedido HTTP, antes de tudo: as entradas de um batch começam em ordem, e toda chamada conta como presença.
    const identificado = await identificar(context);
    if (!Array.isArray(valor)) {
      const resposta = await responderUm(valor, identificado);
      return resposta && serializar(resposta, corpoDaResposta);
    }
    if (valor.length === 0 || valor.length > MAXIMO_POR_BATCH) return textoDaResposta(recusa('PEDIDO_INVALIDO', null));
    return responderBatch(valor, identificado);
  };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @returns o valor, ou `undefined` (que JSON não tem) quando os bytes não são JSON em UTF-8 */
function lerJson(corpo: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(corpo));
  } catch {
    return undefined;
  }
}

function lerPedido(valor: unknown): Pedido | undefined {
  if (!ehObjeto(valor) || valor['jsonrpc'] !== '2.0' || typeof valor['method'] !== 'string') return undefined;
  const { method, params, id } = valor;
  if (Object.hasOwn(valor, 'params') && !ehObjeto(params) && !Array.isArray(params)) return undefined;
  if (Object.hasOwn(valor, 'id') && !ehId(id)) return undefined;
  return { method, params: params as ParamsNoFio, id: id as Id | undefined };
}

function ehObjeto(valor: unknown): valor is Record<string, unknown> {
  return typeof valor === 'object' && valor !== null && !Array.isArray(valor);
}

function ehId(valor: unknown): valor is Id {
  return valor === null || typeof valor === 'string' || (typeof valor === 'number' && Number.isFinite(valor));
}

/** O id de um pedido inválido, quando dá para saber (JSON-RPC 2.0, seção 5). */
function idDe(valor: unknown): Id {
  return ehObjeto(valor) && ehId(valor['id']) ? valor['id'] : null;
}

function recusa(tipo: 'ERRO_DE_LEITURA' | 'PEDIDO_INVALIDO', id: Id): Resposta {
  return { jsonrpc: '2.0', id, error: new ContractError(tipo).paraOFio() };
}
