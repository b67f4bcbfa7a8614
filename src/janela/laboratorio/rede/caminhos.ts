/**
 * Por onde cada processo alcança os outros: um proxy seu até cada destino.
 * O que o binder responde a um lookup é trocado pelo proxy de quem perguntou; assim as falhas da rede de um
 * processo são só dele.
 */

import { CHAT_PROCEDURES } from '../../../contract/chat.ts';
import type { CondicaoDaRede } from './condicao-da-rede.ts';
import { abrirProxy, type Destino, type ProxyHttp } from './proxy-http.ts';

/** Os que mudam algo: perder a resposta de uma leitura não mostraria nada. */
const QUE_MUDAM = new Set(
  Object.entries(CHAT_PROCEDURES)
    .filter(([, { repeticao }]) => repeticao === 'com_chave' || repeticao === 'unica')
    .map(([nome]) => nome),
);

export class Caminhos {
  readonly rede: CondicaoDaRede;
  readonly #achar: (porta: number) => Destino | undefined;
  readonly #mudarPedido: (pedido: string) => string | undefined;
  readonly #proxies = new Map<number, Promise<ProxyHttp>>();
  /** A porta de cada proxy → a do destino dele. */
  readonly #destinos = new Map<number, number>();
  #entrada: { readonly proxy: ProxyHttp; readonly binder: Destino } | undefined;

  /**
   * @param rede a de quem usa estes caminhos
   * @param achar o destino que atende numa porta; `undefined` para uma porta que não é deste laboratório
   * @param mudarPedido o que segue até o binder no lugar de cada pedido a ele; `undefined` para um que não chega
   */
  constructor(
    rede: CondicaoDaRede,
    achar: (porta: number) => Destino | undefined,
    mudarPedido: (pedido: string) => string | undefined = (pedido) => pedido,
  ) {
    this.rede = rede;
    this.#achar = achar;
    this.#mudarPedido = mudarPedido;
  }

  /** @returns a URL por onde se chega ao binder */
  async abrirAte(binder: Destino): Promise<string> {
    const entrada = await abrirProxy({
      origem: this.rede,
      destino: binder,
      muda: () => true,
      mudarPedido: this.#mudarPedido,
      traduzir: (resposta, pedido) => this.#traduzir(resposta, pedido),
    });
    this.#entrada = { proxy: entrada, binder };
    return `http://127.0.0.1:${entrada.porta}`;
  }

  /** A porta de um proxy destes caminhos → a de quem atende atrás dele. */
  destinoDe(porta: number): number | undefined {
    if (this.#entrada?.proxy.porta === porta) return this.#entrada.binder.porta();
    return this.#destinos.get(porta);
  }

  async close(): Promise<void> {
    const proxies = await Promise.all(this.#proxies.values());
    await Promise.all([this.#entrada?.proxy, ...proxies].map((proxy) => proxy?.close()));
  }

  async #traduzir(resposta: string, pedido: string): Promise<string> {
    if (metodoDe(pedido) !== 'lookup_procedure') return resposta;
    const lida = JSON.parse(resposta) as { result?: { address: string; port: number } };
    const destino = lida.result && this.#achar(lida.result.port);
    if (!lida.result || !destino) return resposta;
    const { porta } = await this.#proxyAte(lida.result.port, destino);
    return JSON.stringify({ ...lida, result: { ...lida.result, address: '127.0.0.1', port: porta } });
  }

  #proxyAte(porta: number, destino: Destino): Promise<ProxyHttp> {
    const conhecido = this.#proxies.get(porta);
    if (conhecido) return conhecido;
    const novo = abrirProxy({ origem: this.rede, destino, muda: (corpo) => QUE_MUDAM.has(metodoDe(corpo)) });
    this.#proxies.set(porta, novo);
    return novo.then((proxy) => {
      this.#destinos.set(proxy.porta, porta);
      return proxy;
    });
  }
}

/** @returns o procedimento que um pedido JSON-RPC chama; vazio quando não é um pedido */
export function metodoDe(corpo: string): string {
  try {
    return String((JSON.parse(corpo) as { method?: unknown }).method);
  } catch {
    return '';
  }
}
