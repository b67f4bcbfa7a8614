/**
 * Quantas chamadas alguém pode fazer numa janela de tempo que desliza.
 * Um limite adia, nunca expulsa: diz em quanto tempo vale a pena tentar de novo.
 */

import type { Clock } from '../process/clock.ts';

/** O lugar que uma chamada ocupou na janela. */
export interface Reserva {
  /** Ms até haver lugar; `undefined` quando havia. */
  readonly tenteEmMs: number | undefined;
  /** Desocupa o lugar: a chamada não era das que contam. */
  readonly devolver: () => void;
}

const SEM_LIMITE: Reserva = { tenteEmMs: undefined, devolver: () => {} };

export class Limite<Quem> {
  readonly #maximo: number;
  readonly #janelaMs: number;
  readonly #clock: Clock;
  /** Os instantes que ainda contam, do mais antigo ao mais novo. */
  readonly #instantes = new Map<Quem, number[]>();

  /**
   * @param maximo chamadas por janela; 0 para nenhum limite
   * @param janelaMs duração da janela em ms
   */
  constructor(maximo: number, janelaMs: number, clock: Clock) {
    this.#maximo = maximo;
    this.#janelaMs = janelaMs;
    this.#clock = clock;
  }

  reservar(quem: Quem): Reserva {
    if (this.#maximo === 0) return SEM_LIMITE;
    const agoraMs = this.#clock.monotonicoMs();
    const instantes = this.#instantes.get(quem) ?? [];
    this.#esquecer(instantes, agoraMs);
    const [maisAntigo] = instantes;
    if (maisAntigo !== undefined && instantes.length >= this.#maximo) {
      return { tenteEmMs: Math.ceil(maisAntigo + this.#janelaMs - agoraMs), devolver: () => {} };
    }
    instantes.push(agoraMs);
    this.#instantes.set(quem, instantes);
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
    const agoraMs = this.#clock.monotonicoMs();
    for (const [quem, instantes] of this.#instantes) {
      this.#esquecer(instantes, agoraMs);
      if (instantes.length === 0) this.#instantes.delete(quem);
    }
  }

  #esquecer(instantes: number[], agoraMs: number): void {
    let vencidos = 0;
    while (vencidos < instantes.length && (instantes[vencidos] as number) <= agoraMs - this.#janelaMs) vencidos += 1;
    if (vencidos > 0) instantes.splice(0, vencidos);
  }
}

/** Quem tem um IPv6 costuma ter um /64 inteiro: é ele que conta. Um IPv4 mapeado conta como IPv4. */
export function redeDoEndereco(endereco: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(endereco)?.[1];
  if (ipv4) return ipv4;
  if (!endereco.includes(':')) return endereco;
  return prefixo64(endereco);
}

function prefixo64(ipv6: string): string {
  const [inicio = '', fim] = ipv6.replace(/%.*$/, '').split('::');
  const grupos = inicio === '' ? [] : inicio.split(':');
  const finais = fim === undefined || fim === '' ? [] : fim.split(':');
  while (fim !== undefined && grupos.length + finais.length < 8) grupos.push('0');
  return [...grupos, ...finais]
    .slice(0, 4)
    .map((grupo) => Number.parseInt(grupo, 16).toString(16))
    .join(':');
}
