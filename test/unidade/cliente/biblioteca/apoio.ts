/** Programas que conversam, com as regras, o store e o protocolo de verdade. */

import { afterEach, beforeEach } from 'vitest';
import { type Chat, type ConectarOptions, conectar } from '../../../../src/cliente/biblioteca/biblioteca.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import {
  abrirSistemaLocal,
  abrirSistemaQueCai,
  type SistemaLocal,
  type SistemaQueCai,
} from '../../../suporte/local/sistema-local.ts';

export interface Roda<S> {
  readonly sistema: () => S;
  readonly conectarComo: (nome: string, options?: Partial<ConectarOptions>) => Promise<Chat>;
}

/** Um sistema novo a cada teste, dentro dele; quem se conectou sai no fim. */
export function montarRoda(): Roda<SistemaLocal> {
  return montar(abrirSistemaLocal);
}

/** O mesmo, com um servidor que o teste pode derrubar. */
export function montarRodaQueCai(): Roda<SistemaQueCai> {
  return montar(abrirSistemaQueCai);
}

function montar<S extends SistemaLocal>(iniciar: () => Promise<S>): Roda<S> {
  let sistema: S;
  let chats: Chat[] = [];

  beforeEach(async () => {
    sistema = await iniciar();
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
