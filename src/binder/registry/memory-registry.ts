/** O registro na memória do binder: começa vazio, e acaba com ele. A validade é uma comparação na leitura. */

import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import {
  chaveDoEndpoint,
  type Endpoint,
  type EndpointVivo,
  MAXIMO_DE_REGISTROS,
  type ProcedimentoRegistrado,
  type Registry,
  registroCheio,
} from './registry.ts';

interface Registro extends Endpoint {
  /** Em tempo monotônico; `Infinity` sem lease. */
  readonly expiraEmMs: number;
}

/** A ordem do Map é a ordem de entrega: o endpoint entregue vai para o fim. */
type Fila = Map<string, Registro>;

export class MemoryRegistry implements Registry {
  readonly disponivel = true;
  readonly #filas = new Map<string, Fila>();
  readonly #clock: Clock;
  /** Nunca menos que os endpoints guardados. */
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async register(nome: string, { address, port }: Endpoint, ttl_s: number | undefined): Promise<void> {
    const fila = this.#filas.get(nome) ?? new Map<string, Registro>();
    const chave = chaveDoEndpoint({ address, port });
    if (!fila.has(chave)) this.#abrirLugar();
    const expiraEmMs = ttl_s === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonicoMs() + ttl_s * 1000;
    fila.set(chave, { address, port, expiraEmMs });
    this.#filas.set(nome, fila);
  }

  async lookup(nome: string): Promise<EndpointVivo> {
    const fila: Fila = this.#filas.get(nome) ?? new Map();
    const agoraMs = this.#clock.monotonicoMs();
    for (const [chave, registro] of fila) {
      const vivo = registro.expiraEmMs > agoraMs;
      // Se há um só, ele já está no fim: tirar e pôr de novo faria o Map se reconstruir a cada poucas entregas.
      if (!vivo || fila.size > 1) fila.delete(chave);
      if (!vivo) continue;
      fila.set(chave, registro);
      return emEndpointVivo(registro, agoraMs);
    }
    this.#filas.delete(nome);
    throw new ContractError('PROCEDIMENTO_NAO_REGISTRADO');
  }

  async unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    const fila = this.#filas.get(nome);
    const chave = chaveDoEndpoint(endpoint);
    const registro = fila?.get(chave);
    if (!fila || !registro) return false;
    fila.delete(chave);
    if (fila.size === 0) this.#filas.delete(nome);
    return registro.expiraEmMs > this.#clock.monotonicoMs();
  }

  async list(): Promise<ProcedimentoRegistrado[]> {
    this.#varrer();
    const agoraMs = this.#clock.monotonicoMs();
    // Os nomes são ASCII, em que a ordem das unidades UTF-16 é a dos code points.
    return [...this.#filas.keys()].sort().map((procedure_name) => ({
      procedure_name,
      endpoints: [...(this.#filas.get(procedure_name)?.values() ?? [])].map((registro) =>
        emEndpointVivo(registro, agoraMs),
      ),
    }));
  }

  close(): void {}

  /** Conta também o que venceu desde a última varredura, e só varre quando parece não caber mais. */
  #abrirLugar(): void {
    if (this.#total >= MAXIMO_DE_REGISTROS) this.#varrer();
    if (this.#total >= MAXIMO_DE_REGISTROS) throw registroCheio();
    this.#total += 1;
  }

  #varrer(): void {
    const agoraMs = this.#clock.monotonicoMs();
    for (const [nome, fila] of this.#filas) {
      for (const [chave, { expiraEmMs }] of fila) {
        if (expiraEmMs <= agoraMs) fila.delete(chave);
      }
      if (fila.size === 0) this.#filas.delete(nome);
    }
    this.#total = [...this.#filas.values()].reduce((soma, fila) => soma + fila.size, 0);
  }
}

function emEndpointVivo({ address, port, expiraEmMs }: Registro, agoraMs: number): EndpointVivo {
  const ttl_s = expiraEmMs === Number.POSITIVE_INFINITY ? null : Math.ceil((expiraEmMs - agoraMs) / 1000);
  return { address, port, ttl_s };
}
