/** O servidor dentro do teste, menos a rede: as regras, a autenticação e o JSON-RPC sobre o store de verdade. */

import { CHAT_CONTRACT } from '../../../src/contract/chat.ts';
import type { Tracado } from '../../../src/observadores/telemetria/tracado.ts';
import type { Clock } from '../../../src/process/clock.ts';
import type { Responder } from '../../../src/rpc/server/http/atendimento.ts';
import { criarResponder } from '../../../src/rpc/server/responder.ts';
import { criarAutenticacao } from '../../../src/server/autenticacao.ts';
import { Esperas } from '../../../src/server/esperas.ts';
import { criarHandlers } from '../../../src/server/handlers.ts';
import { comGravacoesTracadas } from '../../../src/server/store-observado/gravacoes-tracadas.ts';
import { abrirEmbutido } from '../../../src/store/embutido/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { montarRegras } from './regras.ts';

const PRAZOS = { usuarioAusenteMs: 60_000, sessaoExpiraMs: 1_800_000, salaInativaMs: 300_000 };

interface Partida {
  /** A pasta do store. */
  readonly dados: string;
  readonly clock: Clock;
  readonly limiteDeMensagens?: number;
  readonly aoFalhar: (erro: unknown) => void;
  /** Faz um span de cada chamada atendida e de cada gravação. */
  readonly tracado?: Tracado;
}

export interface ServidorLigado {
  readonly store: Store;
  readonly esperas: Esperas;
  readonly responder: Responder;
}

export function ligarServidor({ dados, clock, limiteDeMensagens, aoFalhar, tracado }: Partida): ServidorLigado {
  const esperas = new Esperas(clock);
  const store = abrirEmbutido(dados, {
    clock,
    prazos: PRAZOS,
    emEspera: esperas.abertas,
    aoGravar: (gravada) => esperas.acordar(gravada),
    aoMudarNomes: () => {},
    aoFalhar,
  });
  const visto = tracado ? comGravacoesTracadas(store, tracado, 'sqlite') : store;
  const chat = montarRegras({
    store: visto,
    esperas,
    ...(limiteDeMensagens === undefined ? {} : { limiteDeMensagens }),
  });
  const responder = criarResponder({
    contract: CHAT_CONTRACT,
    handlers: criarHandlers(chat),
    authentication: criarAutenticacao(store),
    aoFalhar,
    observador: tracado?.chegada,
  });
  return { store, esperas, responder };
}
