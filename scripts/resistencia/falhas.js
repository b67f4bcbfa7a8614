/** As falhas, uma por vez, em fases: um tempo com elas, um tempo sem. */

import { setTimeout as esperar } from 'node:timers/promises';

const FALHAS = {
  async 'servidor morto'({ servidor }) {
    await servidor.reiniciar('SIGKILL');
  },
  async 'servidor encerrado'({ servidor }) {
    await servidor.reiniciar('SIGTERM');
  },
  async 'binder morto'({ binder }) {
    await binder.reiniciar('SIGKILL');
  },
  async 'conexões cortadas'({ rede }) {
    rede.proxy.cortar();
  },
  async 'rede parada'({ rede }, pausaMs) {
    rede.proxy.segurar();
    await esperar(pausaMs / 2);
    rede.proxy.soltar();
  },
};

export class Falhas {
  /** Quantas de cada houve. */
  contagem = Object.fromEntries(Object.keys(FALHAS).map((nome) => [nome, 0]));
  ligadas = false;
  #parar = new AbortController();

  parar() {
    this.#parar.abort();
  }

  /** @param sistema o que se faz falhar @param faseMs quanto dura cada fase @param pausaMs entre uma falha e outra */
  async fazer(sistema, { faseMs, pausaMs }) {
    const { signal } = this.#parar;
    const pausar = (ms) => esperar(ms, undefined, { signal }).catch(() => {});
    for (let vez = 0; !signal.aborted; ) {
      this.ligadas = true;
      const fimMs = performance.now() + faseMs;
      while (!signal.aborted && performance.now() < fimMs) {
        const nomes = Object.keys(FALHAS);
        const nome = nomes[vez % nomes.length];
        vez += 1;
        await FALHAS[nome](sistema, pausaMs);
        this.contagem[nome] += 1;
        await pausar(pausaMs * (0.5 + Math.random()));
      }
      this.ligadas = false;
      await pausar(faseMs);
    }
  }
}
