/** As regras do chat, montadas como o servidor as monta, sobre o store e com o relógio que o teste der. */

import type { Clock } from '../../src/process/clock.ts';
import { Chat } from '../../src/server/chat.ts';
import { Esperas } from '../../src/server/esperas.ts';
import { Limite } from '../../src/server/limites.ts';
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
  const presencas = new Presencas(clock);
  const chat = new Chat({
    store,
    clock,
    esperas,
    presencas,
    limiteDeMensagens: new Limite<number>(limiteDeMensagens, 1_000, clock),
    limiteDeMovimentos: new Limite<number>(limiteDeMensagens * 60, 60_000, clock),
    limiteDeRegistros: new Limite<string>(0, 60_000, clock),
    salaOcupada,
  });
  return { chat, esperas, presencas };
}
