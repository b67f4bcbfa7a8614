/** Um registro que conta o que muda nele: cada registro ou renovação, e o fim de cada lease. */

import type { ObservadorDeLeases } from '../../observadores/leases.ts';
import type { Clock } from '../../process/clock.ts';
import { hostComPorta } from '../../process/enderecos.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import {
  chaveDoEndpoint,
  type Endpoint,
  type EndpointVivo,
  type ProcedimentoRegistrado,
  type Registry,
  type TabelaComVersao,
} from './registry.ts';

/** Quanto se demora, no máximo, a ver que um lease venceu, em ms. */
const CONFERENCIA_MS = 250;

interface Lease {
  readonly nome: string;
  readonly endpoint: string;
  /** Em tempo monotônico; infinito quando não vence. */
  readonly venceMs: number;
}

export class ObservedRegistry implements Registry {
  readonly #registry: Registry;
  readonly #observador: ObservadorDeLeases;
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();
  readonly #laco: LacoPeriodico;

  constructor(registry: Registry, observador: ObservadorDeLeases, clock: Clock) {
    this.#registry = registry;
    this.#observador = observador;
    this.#clock = clock;
    this.#laco = new LacoPeriodico({ intervaloMs: CONFERENCIA_MS, agir: () => this.conferir(), aoFalhar: () => {} });
    this.#laco.iniciar();
  }

  get disponivel(): boolean {
    return this.#registry.disponivel;
  }

  async register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void> {
    await this.#registry.register(nome, endpoint, ttl_s);
    const onde = hostComPorta(endpoint.address, endpoint.port);
    const venceMs = ttl_s === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonicoMs() + ttl_s * 1_000;
    this.#leases.set(chaveDe(nome, endpoint), { nome, endpoint: onde, venceMs });
    this.#observador.aoRegistrar(nome, onde, ttl_s ?? null);
  }

  lookup(nome: string): Promise<EndpointVivo> {
    return this.#registry.lookup(nome);
  }

  async unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    const estava = await this.#registry.unregister(nome, endpoint);
    this.#terminar(chaveDe(nome, endpoint), 'retirado');
    return estava;
  }

  list(): Promise<ProcedimentoRegistrado[]> {
    return this.#registry.list();
  }

  listComVersao(): Promise<TabelaComVersao> {
    return this.#registry.listComVersao();
  }

  aoMudar(ouvinte: () => void): () => void {
    return this.#registry.aoMudar(ouvinte);
  }

  /** Conta os leases que venceram desde a última vez. */
  conferir(): void {
    const agoraMs = this.#clock.monotonicoMs();
    for (const [chave, { venceMs }] of this.#leases) if (venceMs <= agoraMs) this.#terminar(chave, 'vencido');
  }

  async close(): Promise<void> {
    await this.#laco.close();
    await this.#registry.close();
  }

  #terminar(chave: string, motivo: 'vencido' | 'retirado'): void {
    const lease = this.#leases.get(chave);
    if (!lease) return;
    this.#leases.delete(chave);
    this.#observador.aoTerminar(lease.nome, lease.endpoint, motivo);
  }
}

function chaveDe(nome: string, endpoint: Endpoint): string {
  return `${nome} ${chaveDoEndpoint(endpoint)}`;
}
