/** Por onde uma pessoa alcança os servidores, e o que faz quando uma chamada fica sem resposta. */

import type { ProxyDeRede } from '../comum/proxy.ts';
import { chamar } from './chamada.ts';
import type { ProcessoQueVolta } from './processo.ts';

const PRAZO_DO_BINDER_MS = 2_000;
/** A cada quantas chamadas se pergunta de novo ao binder, para passar por todos os servidores. */
const CHAMADAS_POR_SERVIDOR = 5;

export interface Rede {
  /** A porta em que o procedimento é atendido. */
  readonly porta: (procedure_name: string) => Promise<number>;
  /** Pergunta de novo ao binder onde ele está. Sem resposta, vale o que já se sabia. */
  readonly procurar: (procedure_name: string) => Promise<void>;
}

/** Um servidor só, atrás de um proxy que todos usam. */
export class RedeUnica implements Rede {
  readonly #proxy: ProxyDeRede;
  readonly #binder: ProcessoQueVolta;

  constructor(proxy: ProxyDeRede, binder: ProcessoQueVolta) {
    this.#proxy = proxy;
    this.#binder = binder;
  }

  async porta(): Promise<number> {
    return this.#proxy.porta;
  }

  async procurar(procedure_name: string): Promise<void> {
    const porta = await perguntar(this.#binder.porta, procedure_name);
    if (porta !== undefined) this.#proxy.destino = porta;
  }
}

/** Vários servidores e binders: cada pessoa tem os seus, e passa por todos. */
export class RedeDeVarios implements Rede {
  readonly #binders: readonly ProcessoQueVolta[];
  #qual: number;
  #porta: number | undefined;
  #restam = 0;

  /** @param primeiro por qual dos binders começa */
  constructor(binders: readonly ProcessoQueVolta[], primeiro: number) {
    this.#binders = binders;
    this.#qual = primeiro;
  }

  async porta(procedure_name: string): Promise<number> {
    if (this.#restam <= 0 || this.#porta === undefined) await this.procurar(procedure_name);
    this.#restam -= 1;
    // Antes da primeira resposta de um binder não há porta: a chamada falha, e se procura de novo.
    return this.#porta ?? 1;
  }

  /** Se um binder não responde, o seguinte. */
  async procurar(procedure_name: string): Promise<void> {
    for (const _ of this.#binders) {
      const binder = this.#binders[this.#qual % this.#binders.length];
      const porta = binder && (await perguntar(binder.porta, procedure_name));
      if (porta !== undefined) {
        this.#porta = porta;
        this.#restam = CHAMADAS_POR_SERVIDOR;
        return;
      }
      this.#qual += 1;
    }
  }
}

async function perguntar(porta: number, procedure_name: string): Promise<number | undefined> {
  const prazo = { prazoMs: PRAZO_DO_BINDER_MS };
  const resposta = await chamar(porta, 'lookup_procedure', { procedure_name }, prazo).catch(() => undefined);
  return resposta?.result?.port;
}
