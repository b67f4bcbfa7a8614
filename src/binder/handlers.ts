/** O contrato do binder, cumprido pelo registro; e quem pode mudar o registro. */

import type { BinderProcedures } from '../contract/binder.ts';
import { ContractError } from '../contract/errors.ts';
import type { Acesso, Handlers } from '../contract/procedure.ts';
import { conferirSegredo } from '../process/segredo.ts';
import type { Authentication } from '../rpc/server/authentication.ts';
import type { Registry } from './registry/registry.ts';
import type { Watchers } from './watchers.ts';

/** O registro não distingue um chamador de outro: basta que o acesso tenha sido concedido. */
interface Chamador {
  readonly bearer: string | undefined;
  /** Recebe o que fazer se quem chama se for antes da resposta. */
  readonly aoDesistir: (desistir: () => void) => void;
}

type Chamadores = Record<Acesso, Chamador>;

export function criarHandlers(registry: Registry, watchers: Watchers): Handlers<BinderProcedures, Chamadores> {
  return {
    register_procedure: async ({ procedure_name, address, port, ttl_s }) => {
      await registry.register(procedure_name, { address, port }, ttl_s);
      return { procedure_name, address, port, ttl_s: ttl_s ?? null };
    },
    lookup_procedure: async ({ procedure_name }) => ({ procedure_name, ...(await registry.lookup(procedure_name)) }),
    unregister_procedure: async ({ procedure_name, address, port }) =>
      registry.unregister(procedure_name, { address, port }),
    list_procedures: async () => registry.list(),
    watch_procedures: ({ desde, esperarMs = 0 }, { aoDesistir }) => watchers.watch(desde, esperarMs, aoDesistir),
  };
}

/** @param segredo exigido de quem registra; `undefined` quando o binder não tem um */
export function criarAutenticacao(segredo: string | undefined): Authentication<Chamador, Chamadores> {
  const eOSegredo = segredo === undefined ? undefined : conferirSegredo(segredo);
  const confere = ({ bearer }: Chamador) => eOSegredo?.(bearer) ?? false;
  return {
    identificar: ({ bearer, aoDesistir }) => ({ bearer, aoDesistir }),
    reconhece: confere,
    autorizar: (acesso, chamador) => {
      if (acesso === 'segredo' && eOSegredo && !confere(chamador)) throw new ContractError('SEGREDO_INVALIDO');
      return chamador;
    },
  };
}
