/** O token é a identidade: quem chama é o dono dele, e só o hash dele é guardado. */

import { hash, randomBytes } from 'node:crypto';
import { ContractError } from '../contract/errors.ts';
import { mesmoNome } from '../contract/nomes/nomes.ts';
import type { Acesso } from '../contract/procedure.ts';
import type { Authentication } from '../rpc/server/authentication.ts';
import type { CallContext } from '../rpc/server/http/atendimento.ts';
import type { Chamador, Store } from '../store/store.ts';

const TOKEN_BYTES = 32;
/** 256 bits em base64url (RFC 4648, seção 5), sem preenchimento. */
const FORMA_DO_TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Quem chama, com ou sem sessão. */
export interface Visitante {
  readonly sessao: Chamador | undefined;
  readonly token: string | undefined;
  readonly context: CallContext;
}

/** Quem chama, com uma sessão viva. */
export interface Usuario extends Visitante {
  readonly sessao: Chamador;
}

/** O servidor não tem procedimento que peça o segredo do binder. */
export interface Chamadores extends Record<Acesso, unknown> {
  readonly livre: Visitante;
  readonly sessao: Usuario;
  readonly segredo: never;
}

export function novoToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * A busca é pelo hash, não pelo token: o tempo que ela leva não conta nada sobre ele.
 */
export function hashDoToken(token: string): string {
  return hash('sha256', token, 'hex');
}

export function criarAutenticacao(store: Pick<Store, 'reconhecer'>): Authentication<Visitante, Chamadores> {
  const ultimos = new WeakMap<object, { readonly token: string; readonly hash: string }>();

  /**
   * Por uma conexão quase sempre vem o mesmo token, de quem o trouxe antes por ela: nem o tempo conta o de outro.
   * @returns `undefined` se não tem a forma de um token
   */
  function hashLembrado(token: string, conexao: object): string | undefined {
    const ultimo = ultimos.get(conexao);
    if (ultimo?.token === token) return ultimo.hash;
    if (!FORMA_DO_TOKEN.test(token)) return undefined;
    const hash = hashDoToken(token);
    ultimos.set(conexao, { token, hash });
    return hash;
  }

  /** Qualquer chamada com o token é presença, também a que depois será recusada. */
  async function identificar(context: CallContext): Promise<Visitante> {
    const token = context.bearer;
    const hash = token === undefined ? undefined : hashLembrado(token, context.conexao);
    if (!hash) return { sessao: undefined, token: undefined, context };
    return { sessao: await store.reconhecer(hash), token, context };
  }

  return {
    identificar,
    reconhece: ({ sessao }) => sessao !== undefined,
    autorizar: <A extends Acesso>(acesso: A, visitante: Visitante, params: unknown) => {
      if (acesso !== 'livre') exigirDono(visitante, params);
      return visitante as Chamadores[A];
    },
  };
}

function exigirDono({ sessao }: Visitante, params: unknown): void {
  if (!sessao) throw new ContractError('NAO_AUTENTICADO');
  const { nomeUsuario } = params as { nomeUsuario?: string };
  if (nomeUsuario !== undefined && !mesmoNome(nomeUsuario, sessao.nome)) {
    throw new ContractError('USUARIO_NAO_CONFERE');
  }
}
