/**
 * Quantas chamadas alguém pode fazer numa janela de tempo que desliza, contadas na memória.
 * Um limite adia, nunca expulsa: diz em quanto tempo vale a pena tentar de novo.
 */

import { ContractError } from '../../contract/errors.ts';
import type { LimiteDeChamadas } from '../store.ts';

interface Contagem {
  /** Os instantes que ainda contam, do mais antigo ao mais novo, em tempo monotônico. */
  readonly instantes: number[];
  janelaMs: number;
}

/** O lugar que uma chamada ocupou na janela. */
interface Reserva {
  /** Ms até haver lugar; `undefined` quando havia. */
  readonly tenteEmMs: number | undefined;
  /** Desocupa o lugar: a chamada não era das que contam. */
  readonly devolver: () => void;
}

const SEM_LIMITE: Reserva = { tenteEmMs: undefined, devolver: () => {} };

export class Limites<Quem> {
  readonly #monotonicoMs: () => number;
  readonly #contagens = new Map<Quem, Contagem>();

  /** @param monotonicoMs o relógio, em ms desde um ponto qualquer */
  constructor(monotonicoMs: () => number) {
    this.#monotonicoMs = monotonicoMs;
  }

  /**
   * Dá a quem age como ocupar um lugar; se depois disso algo falha, o lugar é devolvido.
   * @param agir recebe `ocuparLugar`, que lança LIMITE_EXCEDIDO se não há
   */
  async limitar<T>(
    quem: Quem,
    limite: LimiteDeChamadas | undefined,
    agir: (ocuparLugar: () => void) => Promise<T>,
  ): Promise<T> {
    let reserva = SEM_LIMITE;
    try {
      return await agir(() => {
        if (limite) reserva = this.reservar(quem, limite);
        const { tenteEmMs } = reserva;
        if (tenteEmMs !== undefined) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
      });
    } catch (erro) {
      reserva.devolver();
      throw erro;
    }
  }

  reservar(quem: Quem, { maximo, janelaMs }: LimiteDeChamadas): Reserva {
    if (maximo === 0) return SEM_LIMITE;
    const agoraMs = this.#monotonicoMs();
    const contagem = this.#contagens.get(quem) ?? { instantes: [], janelaMs };
    contagem.janelaMs = janelaMs;
    const { instantes } = contagem;
    esquecer(contagem, agoraMs);
    const [maisAntigo] = instantes;
    if (maisAntigo !== undefined && instantes.length >= maximo) {
      return { tenteEmMs: Math.ceil(maisAntigo + janelaMs - agoraMs), devolver: () => {} };
    }
    instantes.push(agoraMs);
    this.#contagens.set(quem, contagem);
    return {
      tenteEmMs: undefined,
      devolver: () => {
        const posicao = instantes.lastIndexOf(agoraMs);
        if (posicao >= 0) instantes.splice(posicao, 1);
      },
    };
  }

  /** Esquece quem já não tem chamadas na janela. */
  varrer(): void {
    const agoraMs = this.#monotonicoMs();
    for (const [quem, contagem] of this.#contagens) {
      esquecer(contagem, agoraMs);
      if (contagem.instantes.length === 0) this.#contagens.delete(quem);
    }
  }
}

function esquecer({ instantes, janelaMs }: Contagem, agoraMs: number): void {
  let vencidos = 0;
  while (vencidos < instantes.length && (instantes[vencidos] as number) <= agoraMs - janelaMs) vencidos += 1;
  if (vencidos > 0) instantes.splice(0, vencidos);
}
