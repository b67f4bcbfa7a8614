/** O que os testes das regras do servidor têm em comum: um store que só faz o que o teste diz, e mensagens. */

import type { Mensagem } from '../../../src/contract/chat.ts';
import { nomeComparavel } from '../../../src/contract/nomes/nomes.ts';
import type { CallContext } from '../../../src/rpc/server/http/atendimento.ts';
import type { Usuario } from '../../../src/server/autenticacao.ts';
import type { Gravada, Store } from '../../../src/store/store.ts';

/** Um store só com os verbos que o teste dá: qualquer outro é um engano de quem o chama. */
export function storeDeTeste(verbos: Partial<Store>): Store {
  return new Proxy(verbos, {
    get: (alvo, verbo) => {
      if (verbo in alvo) return alvo[verbo as keyof Store];
      return () => Promise.reject(new Error(`o teste não esperava ${String(verbo)}`));
    },
  }) as Store;
}

export function mensagem(id: number, campos: Partial<Mensagem> = {}): Mensagem {
  return {
    id,
    sala: 'Sala',
    tipo: 'broadcast',
    origem: 'Pedro',
    destino: 'todos',
    conteudo: `mensagem ${id}`,
    timestamp: '2024-01-15T12:00:00.000Z',
    ...campos,
  };
}

export function gravada(id: number, campos: Partial<Mensagem> = {}, visivelPara: Gravada['visivelPara'] = 'todos') {
  return { sala: nomeComparavel(campos.sala ?? 'Sala'), mensagemId: id, visivelPara } satisfies Gravada;
}

/** Quem chama, como a autenticação o entrega às regras. */
export function usuario(id: number, aoDesistir: CallContext['aoDesistir'] = () => {}): Usuario {
  return {
    sessao: { id, nome: `Pessoa ${id}` },
    token: 'x'.repeat(43),
    context: { bearer: 'x'.repeat(43), enderecoRemoto: '127.0.0.1', conexao: {}, aoDesistir },
  };
}

/** Um resultado que o teste entrega quando quiser: é assim que ele escolhe a ordem de uma corrida. */
export function promessaAberta<T>(): PromiseWithResolvers<T> {
  let resolve: (valor: T | PromiseLike<T>) => void = () => {};
  let reject: (motivo?: unknown) => void = () => {};
  const promise = new Promise<T>((cumprir, romper) => {
    resolve = cumprir;
    reject = romper;
  });
  return { promise, resolve, reject };
}

/** Deixa que tudo o que já podia acontecer aconteça. */
export function assentar(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @returns o valor de uma promessa já cumprida, ou `pendente` */
export async function estado<T>(promessa: Promise<T>): Promise<T | 'pendente'> {
  await assentar();
  return Promise.race([promessa, Promise.resolve('pendente' as const)]);
}
