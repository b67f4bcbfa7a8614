/** As regras do chat, montadas como o servidor as monta, sobre o store e com as esperas que o teste der. */

import { Chat } from '../../../src/server/chat.ts';
import type { Esperas } from '../../../src/server/esperas.ts';
import type { Store } from '../../../src/store/store.ts';

interface Montagem {
  readonly store: Store;
  readonly esperas: Esperas;
  /** Por segundo e por pessoa; 0, nenhum. */
  readonly limiteDeMensagens?: number;
}

export function montarRegras({ store, esperas, limiteDeMensagens = 0 }: Montagem): Chat {
  return new Chat({
    store,
    esperas,
    limites: {
      mensagens: { maximo: limiteDeMensagens, janelaMs: 1_000 },
      movimentos: { maximo: limiteDeMensagens * 60, janelaMs: 60_000 },
      registros: { maximo: 0, janelaMs: 60_000 },
    },
  });
}
