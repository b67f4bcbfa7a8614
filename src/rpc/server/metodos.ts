/**
 * Os métodos de um contrato, e o caminho de cada chamada: parâmetros → autorização → validade → handler → resultado ou
 * erro.
 * Do jayson vem o encaminhamento de uma chamada ao seu método. O corpo, os batches, os ids e o texto da resposta são
 * tratados fora dele: ele toma `id: null` por notificação, não responde a um batch só de listas, e leva três vezes o
 * tempo de `JSON.stringify` para escrever uma resposta.
 */

import { randomBytes } from 'node:crypto';
import jayson from 'jayson';
import { ContractError, type ErroNoFio, fromUnknown } from '../../contract/errors.ts';
import { DISCOVER, openRpc, RPC_DISCOVER } from '../../contract/openrpc.ts';
import {
  type Acesso,
  type Contract,
  efeitoDeRepetir,
  type Handlers,
  type Procedure,
  type Procedures,
} from '../../contract/procedure.ts';
import { type Clock, relogioDoSistema } from '../../process/clock.ts';
import { VERSAO } from '../../process/versao.ts';
import { NAO_OFERECIDO, type ObservadorDeChegada } from '../observador.ts';
import type { Authentication } from './authentication.ts';
import type { Chamada, Resposta } from './envelope.ts';
import type { CallContext } from './http/atendimento.ts';
import { criarLeitorDeParametros, type ParamsNoFio } from './params.ts';
import { guardarTexto } from './serializacao.ts';
import { Validade } from './validade.ts';

export interface ServerOptions<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>> {
  readonly contract: Contract<P>;
  readonly handlers: Handlers<P, Callers>;
  readonly authentication: Authentication<Identity, Callers>;
  /** Assiste a cada chamada atendida, se há quem. */
  readonly observador?: ObservadorDeChegada | undefined;
  /** Recebe o que falhou por dentro, com a referência que vai na resposta. */
  readonly aoFalhar: (erro: unknown, referencia: string, procedimento: string) => void;
  /** O do sistema, se não se diz outro. */
  readonly clock?: Clock;
}

/** Quem chama. Se não se pôde saber quem é, a falha: toda chamada do pedido a recebe como resposta. */
export type Identificado<Identity> = ({ readonly identity: Identity } | { readonly falha: unknown }) & {
  /** O do pedido HTTP em que a chamada veio. */
  readonly context: CallContext;
};

export interface Metodos<Identity> {
  /** @returns `undefined` para uma notificação, que age e não tem resposta */
  readonly chamar: (chamada: Chamada, quem: Identificado<Identity>) => Promise<Resposta | undefined>;
  /** @returns se chamar duas vezes dá o mesmo que chamar uma */
  readonly ehRepetivel: (nome: string) => boolean;
  /** @returns o erro como viaja; o que o contrato não conhece vai inteiro para `aoFalhar` */
  readonly emErroNoFio: (erro: unknown, procedimento: string) => ErroNoFio;
}

type Agir<Identity> = (params: ParamsNoFio, identity: Identity, context: CallContext) => Promise<unknown> | unknown;
type Metodo = InstanceType<typeof jayson.Method>;

/** O jayson só vê chamadas com este id: ele trataria null como notificação. */
const ID_INTERNO = 0;

export function criarMetodos<P extends Procedures, Identity, Callers extends Record<Acesso, unknown>>(
  options: ServerOptions<P, Identity, Callers>,
): Metodos<Identity> {
  const { contract, handlers, authentication, aoFalhar, observador, clock = relogioDoSistema } = options;
  const validade = new Validade(clock);
  const emErroNoFio = criarConversorDeErros(aoFalhar);
  // Na primeira vez que se pede: fazê-lo levaria 14 ms da partida, e quase nenhum processo chega a mostrá-lo.
  let documento: object | undefined;
  const mostrarDocumento = () => {
    documento ??= guardarTexto(openRpc(contract, VERSAO));
    return documento;
  };
  const agirEm: Readonly<Record<string, unknown>> = { ...handlers, [RPC_DISCOVER]: mostrarDocumento };
  const metodos = new Map<string, Metodo>();
  const repetiveis = new Set<string>();

  for (const [nome, procedure] of Object.entries<Procedure>({ ...contract.procedures, [RPC_DISCOVER]: DISCOVER })) {
    const metodo = emMetodo(caminhoDe(procedure, agirEm[nome], authentication, validade), (erro) =>
      emErroNoFio(erro, nome),
    );
    for (const chamavel of [nome, ...(procedure.apelidos ?? [])]) {
      metodos.set(chamavel, metodo);
      if (efeitoDeRepetir(procedure, {}) === 'nenhum') repetiveis.add(chamavel);
    }
  }
  const desconhecido = emMetodo(
    () => {
      throw new ContractError('PROCEDIMENTO_DESCONHECIDO');
    },
    (erro) => emErroNoFio(erro, ''),
  );
  const servidor = new jayson.Server({}, { router: (nome: string) => metodos.get(nome) ?? desconhecido });

  const chamar: Metodos<Identity>['chamar'] = (chamada, quem) => chamarPeloJayson(servidor, chamada, quem);
  return {
    chamar: observador ? observar(chamar, observador, (nome) => metodos.has(nome)) : chamar,
    ehRepetivel: (nome) => repetiveis.has(nome),
    emErroNoFio,
  };
}

/** Um nome que este processo não oferece é de quem o inventou, e não se conta. */
function observar<Identity>(
  chamar: Metodos<Identity>['chamar'],
  observador: ObservadorDeChegada,
  ehOferecido: (nome: string) => boolean,
): Metodos<Identity>['chamar'] {
  return async (chamada, quem) => {
    const procedimento = ehOferecido(chamada.method) ? chamada.method : NAO_OFERECIDO;
    const { dentro, terminar } = observador.aoAtender({ procedimento, traceparent: quem.context.traceparent });
    const resposta = await (dentro ? dentro(() => chamar(chamada, quem)) : chamar(chamada, quem));
    terminar(
      resposta?.error
        ? { tipo: 'recusa', erro: resposta.error.data.tipo }
        : { tipo: 'ok', resultado: resposta?.result },
    );
    return resposta;
  };
}

function caminhoDe<Identity, Callers extends Record<Acesso, unknown>>(
  procedure: Procedure,
  handler: unknown,
  authentication: Authentication<Identity, Callers>,
  validade: Validade,
): Agir<Identity> {
  const lerParametros = criarLeitorDeParametros(procedure);
  const agir = handler as (params: unknown, caller: unknown) => Promise<unknown> | unknown;
  return (paramsNoFio, identity, context) => {
    const params = lerParametros(paramsNoFio);
    const caller = authentication.autorizar(procedure.acesso, identity, params);
    validade.exigir(procedure, context);
    return agir(params, caller);
  };
}

/** Um erro que o handler lança chega ao jayson como objeto simples: de um `Error` ele esconderia a mensagem. */
function emMetodo<Identity>(agir: Agir<Identity>, emErroNoFio: (erro: unknown) => ErroNoFio): Metodo {
  const agirComo = async (quem: Identificado<Identity>, params: ParamsNoFio) => {
    if ('falha' in quem) throw quem.falha;
    return agir(params, quem.identity, quem.context);
  };
  const handler = (params: unknown, context: object, responder: (erro: unknown, resultado?: unknown) => void) => {
    agirComo(context as Identificado<Identity>, params as ParamsNoFio).then(
      (resultado) => responder(null, resultado),
      (erro: unknown) => responder(emErroNoFio(erro)),
    );
  };
  return new jayson.Method(handler as never, { useContext: true });
}

function criarConversorDeErros(aoFalhar: ServerOptions<Procedures, unknown, never>['aoFalhar']) {
  return (erro: unknown, procedimento: string): ErroNoFio => {
    const conhecido = fromUnknown(erro);
    if (conhecido.tipo !== 'ERRO_INTERNO') return conhecido.paraOFio();
    const referencia = randomBytes(4).toString('hex');
    aoFalhar(erro, referencia, procedimento);
    return new ContractError('ERRO_INTERNO', { referencia }).paraOFio();
  };
}

function chamarPeloJayson(
  servidor: jayson.Server,
  { method, params, id }: Chamada,
  quem: object,
): Promise<Resposta | undefined> {
  const request =
    params === undefined
      ? { jsonrpc: '2.0', id: ID_INTERNO, method }
      : { jsonrpc: '2.0', id: ID_INTERNO, method, params };
  return new Promise((resolve) => {
    servidor.call(request as jayson.JSONRPCRequest, quem, (erro: unknown, resposta: unknown) => {
      resolve(id === undefined ? undefined : { ...((erro ?? resposta) as Resposta), id });
    });
  });
}
