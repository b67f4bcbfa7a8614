/** Por onde uma pessoa alcança os servidores, e o que faz quando uma chamada fica sem resposta. */

import { chamar } from './chamada.js';

const PRAZO_DO_BINDER_MS = 2_000;
/** De quantas em quantas chamadas se pergunta de novo ao binder, para passar por todos os servidores. */
const CHAMADAS_POR_SERVIDOR = 5;

/** Um servidor só, atrás de um proxy que todos usam. */
export class RedeUnica {
  proxy;
  #portaDoProxy;
  #binder;

  constructor(proxy, portaDoProxy, binder) {
    this.proxy = proxy;
    this.#portaDoProxy = portaDoProxy;
    this.#binder = binder;
  }

  async porta() {
    return this.#portaDoProxy;
  }

  /** Como o cliente: depois de uma falha, o binder diz onde está o servidor agora. Sem ele, segue-se com o que se sabe. */
  async procurar(procedure_name) {
    const endpoint = await perguntar(this.#binder.porta, procedure_name);
    if (endpoint) this.proxy.destino = endpoint.port;
  }
}

/** Vários servidores e binders: cada pessoa tem a sua, e passa por todos. */
export class RedeDeVarios {
  #binders;
  #vez;
  #porta;
  #restam = 0;

  /** @param vez por qual dos binders começa */
  constructor(binders, vez) {
    this.#binders = binders;
    this.#vez = vez;
  }

  async porta(procedure_name) {
    if (this.#restam <= 0 || this.#porta === undefined) await this.procurar(procedure_name);
    this.#restam -= 1;
    return this.#porta;
  }

  /** Se um binder não responde, o seguinte. */
  async procurar(procedure_name) {
    for (const _ of this.#binders) {
      const endpoint = await perguntar(this.#binders[this.#vez % this.#binders.length].porta, procedure_name);
      if (endpoint) {
        this.#porta = endpoint.port;
        this.#restam = CHAMADAS_POR_SERVIDOR;
        return;
      }
      this.#vez += 1;
    }
  }
}

async function perguntar(porta, procedure_name) {
  const resposta = await chamar(porta, 'lookup_procedure', { procedure_name }, { prazoMs: PRAZO_DO_BINDER_MS }).catch(
    () => undefined,
  );
  return resposta?.result;
}
