/** Os botões do tempo e a régua que volta na história. */

import type { Historia } from '../../pagina/historia.ts';
import type { Ritmo, Tempo } from '../../pagina/tempo.ts';
import { achar } from '../elementos.ts';

export class BarraDoTempo {
  readonly #tempo: Tempo;
  readonly #historia: Historia;
  readonly #regua = achar<HTMLInputElement>('regua');

  constructor(tempo: Tempo, historia: Historia) {
    this.#tempo = tempo;
    this.#historia = historia;
    this.#aoApertar('ao-vivo', () => tempo.voltarAoVivo());
    this.#aoApertar('parar', () => tempo.parar());
    this.#aoApertar('lento', () => tempo.irDevagar());
    this.#aoApertar('passo-atras', () => tempo.passo(historia.instantes, -1));
    this.#aoApertar('passo-adiante', () => tempo.passo(historia.instantes, 1));
    this.#regua.addEventListener('input', () => {
      const [primeiroMs = 0] = historia.instantes;
      tempo.irPara(primeiroMs + (historia.agoraMs - primeiroMs) * (this.#regua.valueAsNumber / 1000));
      this.mostrar();
    });
  }

  /** @param instanteMs o que a figura mostra agora */
  acompanhar(instanteMs: number): void {
    this.mostrar();
    if (this.#tempo.ritmo === 'parado' && document.activeElement === this.#regua) return;
    const [primeiroMs = instanteMs] = this.#historia.instantes;
    const duracaoMs = Math.max(1, this.#historia.agoraMs - primeiroMs);
    this.#regua.valueAsNumber = Math.round(Math.min(1, (instanteMs - primeiroMs) / duracaoMs) * 1000);
  }

  #aoApertar(id: string, agir: () => void): void {
    achar(id).addEventListener('click', () => {
      agir();
      this.mostrar();
    });
  }

  /** Diz em que ritmo a figura anda. */
  mostrar(): void {
    const BOTOES: Readonly<Record<string, Ritmo>> = { 'ao-vivo': 'ao vivo', parar: 'parado', lento: 'lento' };
    for (const [id, ritmo] of Object.entries(BOTOES)) {
      achar(id).setAttribute('aria-pressed', `${this.#tempo.ritmo === ritmo}`);
    }
  }
}
