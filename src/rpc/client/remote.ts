/**
 * Contrato + endereço → um remoto tipado: chamar um procedimento é chamar uma função.
 * Uma falha é ou um erro do contrato (o outro lado respondeu) ou UnreachableError (não se soube a resposta).
 *
 * O jayson dá a cada chamada o envelope e o id. O transporte é `http.ts`, porque o do jayson desiste de qualquer chamada
 * aos 5 s do agente global do Node; a resposta quem lê é `resposta.ts`, porque ele aceita como resposta o que não é.
 */

import ClientBrowser from 'jayson/lib/client/browser/index.js';
import { ContractError } from '../../contract/errors.ts';
import {
  type Contract,
  efeitoDeRepetir,
  type ParamsInput,
  type Procedure,
  type Procedures,
  type Result,
} from '../../contract/procedure.ts';
import type { ChamadaQueSai, ObservadorDeSaida } from '../observador.ts';
import { Endereco } from './endereco.ts';
import { UnreachableError } from './falhas.ts';
import { type Conexoes, descreverResposta, type OpcoesDoPost, type RespostaHttp } from './http.ts';
import { cabe } from './passos.ts';
import { emErroDoContrato, lerResposta } from './resposta.ts';

export interface CallOptions extends OpcoesDoPost {
  /** A mesma chamada vai sair outra vez, ao mesmo endereço. */
  readonly aoRepetir?: (erro: unknown) => void;
}

export type Remote<P extends Procedures> = {
  readonly [K in keyof P]: (params: ParamsInput<P[K]>, options?: CallOptions) => Promise<Result<P[K]>>;
};

/** @param url `http://HOST:PORTA` ou `https://HOST:PORTA` */
export function criarRemoto<P extends Procedures>(contract: Contract<P>, url: string, conexoes: Conexoes): Remote<P> {
  const endereco = new Endereco(url, conexoes);
  const remoto: Record<string, unknown> = {};
  for (const [nome, procedure] of Object.entries<Procedure>(contract.procedures)) {
    remoto[nome] = async (params: Params, options: CallOptions = {}) => {
      const sair = (traceparent?: string) =>
        pedir(nome, params, url, (corpo) =>
          endereco.postar(corpo, traceparent ? { ...options, traceparent } : options),
        );
      const chamar = observar(sair, conexoes.observador, {
        procedimento: nome,
        url,
        params,
        chave: chaveDe(procedure, params),
      });
      const resultado = await repetindoUmaVez(chamar, procedure, params, options.aoRepetir);
      const lido = procedure.resultado.safeParse(resultado);
      if (!lido.success) throw new UnreachableError('resposta_invalida', `A resposta de ${nome} não é a do contrato.`);
      return lido.data;
    };
  }
  return remoto as Remote<P>;
}

type Params = Readonly<Record<string, unknown>>;

function chaveDe({ parametroDaChave }: Procedure, params: Params): string | undefined {
  const chave = parametroDaChave === undefined ? undefined : params[parametroDaChave];
  return typeof chave === 'string' ? chave : undefined;
}

/** @returns o mesmo que `sair`, contado a quem observa; sem ninguém, é `sair` mesmo */
function observar<T>(
  sair: (traceparent?: string) => Promise<T>,
  observador: ObservadorDeSaida | undefined,
  chamada: ChamadaQueSai,
): () => Promise<T> {
  if (!observador) return sair;
  return async () => {
    const { traceparent, dentro, terminar } = observador.aoEnviar(chamada);
    try {
      const resultado = await (dentro ? dentro(() => sair(traceparent)) : sair(traceparent));
      terminar({ tipo: 'ok', resultado });
      return resultado;
    } catch (erro) {
      if (erro instanceof ContractError) terminar({ tipo: 'recusa', erro: erro.tipo });
      else terminar({ tipo: 'falta', motivo: erro instanceof UnreachableError ? erro.motivo : 'defeito' });
      throw erro;
    }
  };
}

async function repetindoUmaVez<T>(
  chamar: () => Promise<T>,
  procedure: Procedure,
  params: Params,
  aoRepetir: CallOptions['aoRepetir'],
): Promise<T> {
  try {
    return await chamar();
  } catch (erro) {
    if (!cabe('mesmo_endereco', erro, efeitoDeRepetir(procedure, params))) throw erro;
    aoRepetir?.(erro);
    return chamar();
  }
}

/** @throws ContractError o que o outro lado recusou; UnreachableError quando não se soube a resposta */
function pedir(
  nome: string,
  params: Params,
  url: string,
  transporte: (corpo: string) => Promise<RespostaHttp>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let recebida: RespostaHttp | undefined;
    const cliente = new ClientBrowser((corpo, responder) => {
      transporte(corpo).then(
        (resposta) => {
          recebida = resposta;
          responder(null, resposta.texto);
        },
        (falha: Error) => responder(falha),
      );
    }, {});
    const chamada = cliente.request(nome, params, undefined, (erro: unknown, valor: unknown) => {
      if (erro instanceof UnreachableError) return reject(erro);
      const resposta = lerResposta(valor, chamada.id);
      if (resposta?.error) return reject(emErro(nome, resposta.error));
      if (resposta) return resolve(resposta.result);
      const descricao = recebida ? descreverResposta(url, recebida) : `O que veio de ${nome} não é JSON-RPC 2.0.`;
      reject(new UnreachableError('resposta_invalida', descricao));
    }) as { readonly id: unknown };
  });
}

function emErro(nome: string, error: { readonly code: number; readonly message: string }): Error {
  const desconhecido = `${nome} deu um erro que o contrato não conhece (${error.code}).`;
  return emErroDoContrato(error) ?? new UnreachableError('resposta_invalida', desconhecido);
}
