/** Servidores de mentira, na mesma máquina e com o protocolo de verdade: o teste escreve o que respondem. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExpectStatic, expect } from 'vitest';
import { CHAT_CONTRACT, type ChatProcedures, type Mensagem } from '../../../src/contract/chat.ts';
import { ContractError } from '../../../src/contract/errors.ts';
import type { Acesso, Handlers } from '../../../src/contract/procedure.ts';
import { criarResponder } from '../../../src/rpc/server/responder.ts';
import { abrirBordaLocal } from '../../suporte/local/borda.ts';

/** Espera que a expectativa se cumpra: o prazo é só para que um teste errado acabe. */
export function sondar(valor: () => unknown): ReturnType<ExpectStatic['poll']> {
  return expect.poll(valor, { timeout: 60_000 });
}

/** O que um teste abriu, desfeito na ordem inversa. */
export class Pilha {
  readonly #desfazeres: (() => PromiseLike<void> | void)[] = [];

  use<T extends AsyncDisposable>(recurso: T): T {
    this.defer(() => recurso[Symbol.asyncDispose]());
    return recurso;
  }

  defer(desfazer: () => PromiseLike<void> | void): void {
    this.#desfazeres.push(desfazer);
  }

  async desfazer(): Promise<void> {
    for (let desfazer = this.#desfazeres.pop(); desfazer; desfazer = this.#desfazeres.pop()) await desfazer();
  }
}

/** Quem chama um servidor de mentira é só o bearer que trouxe. */
type Chamadores = Record<Acesso, string | undefined>;
export type HandlersDeMentira = Partial<Handlers<ChatProcedures, Chamadores>>;

export interface Chamada {
  readonly nome: string;
  // biome-ignore lint/suspicious/noExplicitAny: o teste sabe o que cada procedimento recebe
  readonly params: any;
  readonly bearer: string | undefined;
  readonly instanteMs: number;
}

export interface ServidorDeMentira extends AsyncDisposable {
  readonly porta: number;
  readonly chamadas: Chamada[];
  /** As chamadas de um procedimento. */
  readonly de: (nome: keyof ChatProcedures) => Chamada[];
  readonly derrubar: () => Promise<void>;
}

/** @param handlers os que faltam respondem com erro interno */
export async function abrirServidor(
  handlers: HandlersDeMentira,
  { porta = 0, host = '127.0.0.1' } = {},
): Promise<ServidorDeMentira> {
  const chamadas: Chamada[] = [];
  const registrados = Object.keys(CHAT_CONTRACT.procedures).map((nome) => [
    nome,
    async (params: unknown, bearer: string | undefined) => {
      chamadas.push({ nome, params, bearer, instanteMs: performance.now() });
      const handler = handlers[nome as keyof ChatProcedures] as
        | ((params: unknown, caller: unknown) => Promise<unknown>)
        | undefined;
      if (!handler) throw new ContractError('ERRO_INTERNO');
      return handler(params, bearer);
    },
  ]);
  const responder = criarResponder<ChatProcedures, string | undefined, Chamadores>({
    contract: CHAT_CONTRACT,
    handlers: Object.fromEntries(registrados),
    authentication: {
      identificar: ({ bearer }) => bearer,
      reconhece: () => true,
      autorizar: (_acesso, bearer) => bearer,
    },
    aoFalhar: () => {},
  });
  const edge = await abrirBordaLocal({ processo: 'servidor', responder, porta, host });
  return {
    porta: edge.porta,
    chamadas,
    de: (nome) => chamadas.filter((chamada) => chamada.nome === nome),
    derrubar: edge.close,
    [Symbol.asyncDispose]: edge.close,
  };
}

export interface Cortador extends AsyncDisposable {
  readonly porta: number;
  readonly pedidos: () => number;
}

/** Um servidor que recebe o pedido e derruba a conexão, ou que nunca responde. */
export async function abrirCortador(como: 'derruba' | 'cala' = 'derruba'): Promise<Cortador> {
  let pedidos = 0;
  const servidor = createServer((req) => {
    pedidos += 1;
    if (como === 'derruba') req.resume().on('end', () => req.socket.destroy());
  });
  await new Promise<void>((resolve) => servidor.listen(0, '127.0.0.1', resolve));
  return {
    porta: (servidor.address() as AddressInfo).port,
    pedidos: () => pedidos,
    [Symbol.asyncDispose]: async () => {
      servidor.closeAllConnections();
      await new Promise((resolve) => servidor.close(resolve));
    },
  };
}

export function mensagem(id: number, conteudo: string, origem = 'Pedro'): Mensagem {
  return {
    id,
    sala: 'Geral',
    tipo: 'broadcast',
    origem,
    destino: 'todos',
    conteudo,
    timestamp: '2024-01-15T12:00:00.000Z',
  };
}
