/** Se quem chamou ainda quer a chamada quando chega a hora de agir. */

import { ContractError } from '../../contract/errors.ts';
import type { Procedure } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import type { CallContext, Chegada } from './http/atendimento.ts';

/** Chamadas que chegam quase juntas por conexões diferentes podem agir em qualquer ordem. */
const QUASE_JUNTAS_MS = 1_000;

/** Nenhum corpo demora mais que isto a chegar: de antes não há quem ultrapassar. */
const MEMORIA_MS = 15_000;

const VENCIDA =
  'A chamada chegou depois de quem a fez ter desistido dela. Nada foi alterado; se ainda a quer, repita-a.';
const ULTRAPASSADA = 'Outra chamada sua, feita depois, já agiu. Nada foi alterado; se ainda quer esta, repita-a.';

export class Validade {
  readonly #clock: Clock;
  /** De cada sessão, quando chegou a mais nova das chamadas que já agiram. Duas gerações: a mais velha se esquece. */
  #agiram = new Map<string, number>();
  #agiramAntes = new Map<string, number>();
  #trocaMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws ContractError quando já não se deve agir: nada foi alterado, e pode-se repetir já */
  exigir({ acesso, repeticao }: Procedure, { bearer, chegada }: CallContext): void {
    const soLe = repeticao === 'leitura';
    if (!chegada || (soLe && acesso !== 'sessao')) return;
    if (chegada.valeAteMs !== undefined && this.#clock.agoraMs() > chegada.valeAteMs) throw recusa(VENCIDA);
    // Uma leitura atrasada não surpreende ninguém, e o segredo do binder é de muitos: a ordem só é de uma sessão.
    if (soLe || acesso !== 'sessao' || bearer === undefined) return;
    const maisNovaMs = this.#agiram.get(bearer) ?? this.#agiramAntes.get(bearer) ?? Number.NEGATIVE_INFINITY;
    if (maisNovaMs - chegada.chegouMs >= QUASE_JUNTAS_MS) throw recusa(ULTRAPASSADA);
    this.#anotar(bearer, Math.max(maisNovaMs, chegada.chegouMs));
  }

  #anotar(bearer: string, chegouMs: Chegada['chegouMs']): void {
    const agoraMs = this.#clock.monotonicoMs();
    if (agoraMs >= this.#trocaMs) {
      this.#trocaMs = agoraMs + MEMORIA_MS;
      this.#agiramAntes = this.#agiram;
      this.#agiram = new Map();
    }
    this.#agiram.set(bearer, chegouMs);
  }
}

function recusa(message: string): ContractError {
  return new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 0 }, message);
}
