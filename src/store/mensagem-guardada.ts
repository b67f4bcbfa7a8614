/** Uma mensagem guardada, como quem a recebe a vê: o mesmo em qualquer store. */

import type { Mensagem } from '../contract/chat.ts';
import { NOME_DE_TODOS } from '../contract/nomes/nomes-reservados.ts';

export type MensagemGuardada = readonly [
  id: number,
  origem: string,
  destino: string | null,
  conteudo: string,
  enviadaEmMs: number,
];

/** @param sala o nome com que a sala se mostra */
export function emMensagem([id, origem, destino, conteudo, enviadaEmMs]: MensagemGuardada, sala: string): Mensagem {
  return {
    id,
    sala,
    tipo: destino === null ? 'broadcast' : 'unicast',
    origem,
    destino: destino ?? NOME_DE_TODOS,
    conteudo,
    timestamp: emIso(enviadaEmMs),
  };
}

let ultimoMs = Number.NaN;
let ultimoIso = '';

/** As que chegam juntas têm o mesmo instante, escrito uma vez só. */
function emIso(ms: number): string {
  if (ms !== ultimoMs) {
    ultimoIso = new Date(ms).toISOString();
    ultimoMs = ms;
  }
  return ultimoIso;
}
