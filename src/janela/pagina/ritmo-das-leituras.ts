/** Quantas vezes por minuto os robôs perguntam por mensagens, com a espera no servidor e sem ela. */

import type { Historia } from './historia.ts';

/** Menos que isto depois de ligar ou desligar a espera, a conta ainda não diz nada, em ms. */
const MINIMO_MS = 3_000;
/** Sobre quanto se conta, em ms. */
const PERIODO_MS = 12_000;

export interface Ritmo {
  /** Chamadas por minuto. */
  readonly perguntas: number;
  /** De cada cem, quantas voltaram sem mensagem. */
  readonly vaziasPorCento: number;
}

/** O último ritmo que se mediu de cada jeito. */
export interface Ritmos {
  readonly comEspera: Ritmo | undefined;
  readonly semEspera: Ritmo | undefined;
}

export class RitmoDasLeituras {
  #ritmos: Ritmos = { comEspera: undefined, semEspera: undefined };
  #espera: boolean | undefined;
  #desdeMs = 0;

  get ritmos(): Ritmos {
    return this.#ritmos;
  }

  /** @param espera se os robôs a pedem agora */
  medir(historia: Historia, espera: boolean): void {
    const { agoraMs } = historia;
    if (espera !== this.#espera) {
      this.#espera = espera;
      this.#desdeMs = agoraMs;
    }
    const deMs = Math.max(this.#desdeMs, agoraMs - PERIODO_MS);
    if (agoraMs - deMs < MINIMO_MS) return;
    const leituras = [...historia.chamadasEntre(deMs, agoraMs)].filter(
      ({ procedimento, inicioMs }) => procedimento === 'receber_mensagens' && inicioMs >= deMs,
    );
    const respondidas = leituras.filter(({ desfecho }) => desfecho === 'ok');
    const vazias = respondidas.filter(({ resultado }) => resultado === '[]');
    const ritmo = {
      perguntas: Math.round((leituras.length * 60_000) / (agoraMs - deMs)),
      vaziasPorCento: Math.round((vazias.length * 100) / Math.max(1, respondidas.length)),
    };
    this.#ritmos = { ...this.#ritmos, [espera ? 'comEspera' : 'semEspera']: ritmo };
  }
}
