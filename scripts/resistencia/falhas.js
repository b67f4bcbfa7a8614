/** As falhas, uma por vez, em fases: um tempo com elas, um tempo sem. */

import { setTimeout as esperar } from 'node:timers/promises';

/** @returns o que se faz falhar, por nome, com um servidor atrás de um proxy */
export function falhasDeUm({ servidor, binder, proxy }) {
  return {
    'servidor morto': () => servidor.reiniciar('SIGKILL'),
    'servidor encerrado': () => servidor.reiniciar('SIGTERM'),
    'binder morto': () => binder.reiniciar('SIGKILL'),
    'conexões cortadas': () => proxy.cortar(),
    'rede parada': async (pausaMs) => {
      proxy.segurar();
      await esperar(pausaMs / 2);
      proxy.soltar();
    },
  };
}

/** @returns o mesmo, com vários servidores e binders sobre um Redis: cada um por sua vez */
export function falhasDeVarios({ servidores, binders, redis }) {
  const sinais = { SIGKILL: 'morto', SIGTERM: 'encerrado' };
  const deProcessos = Object.entries(sinais).flatMap(([sinal, como]) =>
    [...servidores, ...binders].map((processo) => [`${processo.nome} ${como}`, () => processo.reiniciar(sinal)]),
  );
  return Object.fromEntries([...deProcessos, ['conexões com o Redis cortadas', () => redis.cortar()]]);
}

export class Falhas {
  /** Quantas de cada houve. */
  contagem;
  ligadas = false;
  #falhas;
  #parar = new AbortController();

  /** @param falhas o que se faz falhar, por nome */
  constructor(falhas) {
    this.#falhas = falhas;
    this.contagem = Object.fromEntries(Object.keys(falhas).map((nome) => [nome, 0]));
  }

  parar() {
    this.#parar.abort();
  }

  /** @param faseMs quanto dura cada fase @param pausaMs entre uma falha e outra */
  async fazer({ faseMs, pausaMs }) {
    const { signal } = this.#parar;
    const pausar = (ms) => esperar(ms, undefined, { signal }).catch(() => {});
    for (let vez = 0; !signal.aborted; ) {
      this.ligadas = true;
      const fimMs = performance.now() + faseMs;
      while (!signal.aborted && performance.now() < fimMs) {
        const nomes = Object.keys(this.#falhas);
        const nome = nomes[vez % nomes.length];
        vez += 1;
        await this.#falhas[nome](pausaMs);
        this.contagem[nome] += 1;
        await pausar(pausaMs * (0.5 + Math.random()));
      }
      this.ligadas = false;
      await pausar(faseMs);
    }
  }
}
