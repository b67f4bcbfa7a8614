/**
 * O que o laboratório faz com os registros de um servidor no binder. Os pedidos do servidor passam por aqui a caminho do
 * binder: o lease encurta para que uma turma o veja vencer, some quando a garantia está desligada, e não se renova
 * enquanto deve vencer.
 */

import { BINDER_CONTRACT } from '../../contract/binder.ts';
import { CHAT_CONTRACT } from '../../contract/chat.ts';
import { nomesChamaveis } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import { criarRemoto } from '../../rpc/client/remote.ts';
import { metodoDe } from './rede/caminhos.ts';

/** Mais que duas renovações do servidor, e pouco para quem espera que ele vença. */
export const LEASE_S = 15;
/** Quanto dura o lease que se deixa vencer, em segundos. */
const LEASE_QUE_VENCE_S = 2;
/** Quanto a mais se seguram as renovações: o bastante para que se veja a tabela vazia, em ms. */
const DEPOIS_DE_VENCER_MS = 1_500;

export interface LeasesOptions {
  /** `http://HOST:PORTA` do binder. */
  readonly binder: () => string;
  /** A porta em que o servidor atende. */
  readonly porta: () => number;
  /** Se a garantia do lease está ligada. */
  readonly ligada: () => boolean;
  readonly conexoes: Conexoes;
  readonly clock: Clock;
}

export class Leases {
  readonly #options: LeasesOptions;
  #seguradasAteMs = 0;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /** @returns o pedido que segue até o binder; `undefined` para um que não deve chegar */
  mudar(corpo: string): string | undefined {
    if (metodoDe(corpo) !== 'register_procedure') return corpo;
    if (this.#options.clock.monotonicoMs() < this.#seguradasAteMs) return undefined;
    const ttl_s = this.#options.ligada() ? LEASE_S : undefined;
    const pedido = JSON.parse(corpo) as { readonly params?: object };
    return JSON.stringify({ ...pedido, params: { ...pedido.params, ttl_s } });
  }

  /**
   * Encurta o lease e não o deixa renovar até que tenha vencido.
   * @throws UnreachableError quando o binder não responde
   */
  async deixarVencer(): Promise<void> {
    this.#seguradasAteMs = this.#options.clock.monotonicoMs() + LEASE_QUE_VENCE_S * 1_000 + DEPOIS_DE_VENCER_MS;
    await this.registrar(LEASE_QUE_VENCE_S);
  }

  /**
   * Registra o servidor como ele mesmo faria.
   * @param ttl_s `undefined` para um registro sem prazo
   * @throws UnreachableError quando o binder não responde
   */
  async registrar(ttl_s: number | undefined): Promise<void> {
    const { binder, porta, conexoes } = this.#options;
    const remoto = criarRemoto(BINDER_CONTRACT, binder(), conexoes);
    const endpoint = { address: '127.0.0.1', port: porta(), ttl_s };
    await Promise.all(
      nomesChamaveis(CHAT_CONTRACT).map((procedure_name) => remoto.register_procedure({ procedure_name, ...endpoint })),
    );
  }
}
