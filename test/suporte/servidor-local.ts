/** O servidor dentro do teste, menos a rede: as regras, a autenticação e o JSON-RPC sobre o store de verdade. */

import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import type { Clock } from '../../src/process/clock.ts';
import type { Responder } from '../../src/rpc/server/http/atendimento.ts';
import { criarResponder } from '../../src/rpc/server/responder.ts';
import { criarAutenticacao } from '../../src/server/autenticacao.ts';
import type { Esperas } from '../../src/server/esperas.ts';
import { criarHandlers } from '../../src/server/handlers.ts';
import { Varredura } from '../../src/server/prazos.ts';
import { abrirStore } from '../../src/store/embutido/open.ts';
import type { Store } from '../../src/store/store.ts';
import { montarRegras } from './regras.ts';

const PRAZOS = { usuarioAusenteMs: 60_000, sessaoExpiraMs: 1_800_000, salaInativaMs: 300_000 };

interface Partida {
  /** A pasta do store. */
  readonly dados: string;
  readonly clock: Clock;
  readonly limiteDeMensagens?: number;
  readonly aoFalhar: (erro: unknown) => void;
}

export interface ServidorLigado {
  readonly store: Store;
  readonly esperas: Esperas;
  readonly varredura: Varredura;
  readonly responder: Responder;
}

export async function ligarServidor({ dados, clock, limiteDeMensagens, aoFalhar }: Partida): Promise<ServidorLigado> {
  const store = abrirStore(dados, { aoFalhar, monotonicoMs: clock.monotonicoMs });
  const { chat, esperas, presencas } = montarRegras({
    store,
    clock,
    ...(limiteDeMensagens === undefined ? {} : { limiteDeMensagens }),
    salaOcupada: (nomeSala) => varredura.salaOcupada(nomeSala),
  });
  const varredura = new Varredura({
    store,
    clock,
    presencas,
    esperas,
    prazos: PRAZOS,
    aoFalhar,
  });
  await varredura.iniciar();
  const responder = criarResponder({
    contract: CHAT_CONTRACT,
    handlers: criarHandlers(chat),
    authentication: criarAutenticacao(presencas),
    aoFalhar,
  });
  return { store, esperas, varredura, responder };
}
