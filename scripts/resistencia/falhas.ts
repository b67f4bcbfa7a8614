/** As falhas, uma por vez, em fases: um tempo com elas, um tempo sem. */

import { setTimeout as esperar } from 'node:timers/promises';
import type { ProxyDeRede } from '../comum/proxy.ts';
import type { ProcessoQueVolta } from './processo.ts';

/** O que se faz falhar, por nome. @param pausaMs quanto dura o que dura */
export type FalhasPossiveis = Readonly<Record<string, (pausaMs: number) => unknown>>;

/** Com um servidor atrás de um proxy. */
export function falhasDeUm(servidor: ProcessoQueVolta, binder: ProcessoQueVolta, proxy: ProxyDeRede): FalhasPossiveis {
  return {
    'servidor morto': () => servidor.reiniciar('SIGKILL'),
    'servidor encerrado': () => servidor.reiniciar('SIGTERM'),
    'binder morto': () => binder.reiniciar('SIGKILL'),
    'conexões cortadas': () => proxy.cortar(),
    'rede parada': async (pausaMs) => {
      proxy.regra = () => ({ como: 'reter' });
      await esperar(pausaMs / 2);
      proxy.regra = undefined;
      proxy.soltar();
    },
  };
}

/** Cada um dos processos por sua vez, morto e encerrado em ordem. */
export function falhasDosProcessos(processos: readonly ProcessoQueVolta[]): FalhasPossiveis {
  const sinais = { morto: 'SIGKILL', encerrado: 'SIGTERM' } as const;
  return Object.fromEntries(
    Object.entries(sinais).flatMap(([como, sinal]) =>
      processos.map((processo) => [`${processo.nome} ${como}`, () => processo.reiniciar(sinal)]),
    ),
  );
}

export class Falhas {
  /** Quantas de cada houve. */
  readonly contagem: Record<string, number>;
  ligadas = false;
  readonly #falhas: FalhasPossiveis;
  readonly #parar = new AbortController();

  constructor(falhas: FalhasPossiveis) {
    this.#falhas = falhas;
    this.contagem = Object.fromEntries(Object.keys(falhas).map((nome) => [nome, 0]));
  }

  parar(): void {
    this.#parar.abort();
  }

  /** @param faseMs quanto dura cada fase @param pausaMs entre uma falha e outra */
  async fazer({ faseMs, pausaMs }: { readonly faseMs: number; readonly pausaMs: number }): Promise<void> {
    const { signal } = this.#parar;
    const pausar = (ms: number) => esperar(ms, undefined, { signal }).catch(() => {});
    const emRoda = Object.entries(this.#falhas);
    for (let feitas = 0; !signal.aborted; ) {
      this.ligadas = true;
      const fimMs = performance.now() + faseMs;
      while (!signal.aborted && performance.now() < fimMs) {
        const [nome, falhar] = emRoda[feitas % emRoda.length] ?? ['nenhuma', () => {}];
        feitas += 1;
        await falhar(pausaMs);
        this.contagem[nome] = (this.contagem[nome] ?? 0) + 1;
        await pausar(pausaMs * (0.5 + Math.random()));
      }
      this.ligadas = false;
      await pausar(faseMs);
    }
  }
}
