/** O binder dentro do teste: o registro é o de verdade, com o relógio que se lhe der, e o protocolo também. */

import { criarAutenticacao, criarHandlers } from '../../../src/binder/handlers.ts';
import { MemoryRegistry } from '../../../src/binder/registry/memory-registry.ts';
import type { Registry } from '../../../src/binder/registry/registry.ts';
import { Watchers } from '../../../src/binder/watchers.ts';
import { BINDER_CONTRACT } from '../../../src/contract/binder.ts';
import { CHAT_CONTRACT } from '../../../src/contract/chat.ts';
import type { Clock } from '../../../src/process/clock.ts';
import type { ObservadorDeChegada } from '../../../src/rpc/observador.ts';
import { criarResponder } from '../../../src/rpc/server/responder.ts';
import { abrirBordaLocal } from './borda.ts';

export interface BinderLocal extends AsyncDisposable {
  readonly url: string;
  readonly porta: number;
  readonly registry: Registry;
  /** Quantas vezes se perguntou por um procedimento. */
  readonly lookups: () => number;
  readonly derrubar: () => Promise<void>;
}

interface OpcoesDoBinder {
  readonly porta?: number;
  /** O que se exige de quem registra; sem ele, nada. */
  readonly segredo?: string;
  readonly observador?: ObservadorDeChegada;
}

/** O registro é o de verdade, com o relógio do teste. */
export async function abrirBinder(
  clock: Clock,
  { porta = 0, segredo, observador }: OpcoesDoBinder = {},
): Promise<BinderLocal> {
  const registry = new MemoryRegistry(clock);
  let lookups = 0;
  const watchers = new Watchers(registry);
  const handlers = criarHandlers(registry, watchers);
  const responder = criarResponder({
    contract: BINDER_CONTRACT,
    handlers: {
      ...handlers,
      lookup_procedure: (params, caller) => {
        lookups += 1;
        return handlers.lookup_procedure(params, caller);
      },
    },
    authentication: criarAutenticacao(segredo),
    observador,
    aoFalhar: () => {},
  });
  const edge = await abrirBordaLocal({ processo: 'binder', responder, porta });
  const derrubar = async () => {
    await watchers.close();
    await edge.close();
    await registry.close();
  };
  return {
    url: edge.url,
    porta: edge.porta,
    registry,
    lookups: () => lookups,
    derrubar,
    [Symbol.asyncDispose]: derrubar,
  };
}

/** Registra todos os procedimentos do chat num endpoint. */
export function registrarTodos({ registry }: BinderLocal, port: number, ttl_s?: number): void {
  // Na memória o registro vale já, sem que se espere por ele.
  for (const nome of Object.keys(CHAT_CONTRACT.procedures)) {
    void registry.register(nome, { address: '127.0.0.1', port }, ttl_s);
  }
}
