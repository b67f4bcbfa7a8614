/** Um sistema de verdade, e programas que conversam por ele. */

import { afterEach, beforeEach } from 'vitest';
import { type Chat, type ConectarOptions, conectar } from '../../src/cliente/biblioteca.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { iniciarSistema, type Sistema } from '../suporte/processos.ts';

/** Os testes chamam mais depressa que uma pessoa. */
export const SEM_LIMITES = ['--limite-mensagens', '0', '--limite-registros', '0'];

export interface Roda {
  readonly sistema: () => Sistema;
  readonly conectarComo: (nome: string, options?: Partial<ConectarOptions>) => Promise<Chat>;
}

/** Um sistema novo a cada teste; quem se conectou sai no fim dele. */
export function montarRoda(): Roda {
  let sistema: Sistema;
  let chats: Chat[] = [];

  beforeEach(async () => {
    sistema = await iniciarSistema({ argumentos: SEM_LIMITES });
  });
  afterEach(async () => {
    await Promise.all(chats.map((chat) => chat.close()));
    chats = [];
    await sistema[Symbol.asyncDispose]();
  });

  return {
    sistema: () => sistema,
    conectarComo: async (nome, options = {}) => {
      const chat = await conectar({
        nome,
        sala: 'Geral',
        criarSala: true,
        binder: sistema.binder.url,
        intervaloMs: 50,
        ...options,
      });
      chats.push(chat);
      return chat;
    },
  };
}

/** Lê até a mensagem que serve, ela inclusive. */
export async function lerAte(chat: Chat, serve: (mensagem: Mensagem) => boolean): Promise<Mensagem[]> {
  const lidas: Mensagem[] = [];
  for await (const mensagem of chat.mensagens()) {
    lidas.push(mensagem);
    if (serve(mensagem)) return lidas;
  }
  throw new Error('as mensagens acabaram antes da que se esperava');
}

export function conteudos(mensagens: readonly Mensagem[]): string[] {
  return mensagens.filter(({ origem }) => origem !== 'SERVER').map(({ conteudo }) => conteudo);
}
