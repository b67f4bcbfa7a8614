/** As regras do chat, montadas como o servidor as monta, sobre o store e com o relógio que o teste der. */

import type { Clock } from '../../src/process/clock.ts';
import { Chat } from '../../src/server/chat.ts';
import { Esperas } from '../../src/server/esperas.ts';
import { Presencas } from '../../src/server/presencas.ts';
import type { Store } from '../../src/store/store.ts';

interface Montagem {
  readonly store: Store;
  readonly clock: Clock;
  /** Por segundo e por pessoa; 0, nenhum. */
  readonly limiteDeMensagens?: number;
  readonly salaOcupada?: (nomeSala: string) => void;
}

export interface Regras {
  readonly chat: Chat;
  readonly esperas: Esperas;
  readonly presencas: Presencas;
}

export function montarRegras({ store, clock, limiteDeMensagens = 0, salaOcupada = () => {} }: Montagem): Regras {
  const esperas = new Esperas(clock);
  const presencas = new Presencas(clock, store);
  const chat = new Chat({
    store,
    clock,
    esperas,
    sessoes: presencas,
    limites: {
      mensagens: { maximo: limiteDeMensagens, janelaMs: 1_000 },
      movimentos: { maximo: limiteDeMensagens * 60, janelaMs: 60_000 },
      registros: { maximo: 0, janelaMs: 60_000 },
    },
    salaOcupada,
  });
  return { chat, esperas, presencas };
}
