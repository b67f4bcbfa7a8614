/**
 * O registro do binder: nome de procedimento → endpoints, cada um com ou sem lease.
 * A validade é uma comparação na leitura; nada aqui tem timer.
 */

import { ContractError } from '../contract/errors.ts';
import type { Clock } from '../process/clock.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface EndpointVivo extends Endpoint {
  /** O que resta do lease, em segundos, arredondado para cima; null quando não há lease. */
  readonly ttl_s: number | null;
}

export interface ProcedimentoRegistrado {
  readonly procedure_name: string;
  readonly endpoints: EndpointVivo[];
}

interface Registro extends Endpoint {
  /** Em tempo monotônico; `Infinity` sem lease. */
  readonly expiraEmMs: number;
}

/** Um binder de verdade tem algumas dezenas: isto só impede que alguém o encha. */
const MAXIMO_DE_REGISTROS = 20_000;

/** A ordem do Map é a da vez: quem foi entregue vai para o fim. */
type Fila = Map<string, Registro>;

export class Registry {
  readonly #filas = new Map<string, Fila>();
  readonly #clock: Clock;
  /** Nunca menos que os endpoints guardados. */
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * O último registro de um endpoint decide, tenha lease ou não; renovar não muda a vez dele.
   * @param ttl_s duração do lease em segundos; `undefined` para nenhum
   * @throws LIMITE_EXCEDIDO quando não cabe mais nenhum endpoint
   */
  register(nome: string, { address, port }: Endpoint, ttl_s: number | undefined): void {
    const fila = this.#filas.get(nome) ?? new Map<string, Registro>();
    const chave = chaveDoEndpoint({ address, port });
    if (!fila.has(chave)) this.#abrirLugar();
    const expiraEmMs = ttl_s === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonicoMs() + ttl_s * 1000;
    fila.set(chave, { address, port, expiraEmMs });
    this.#filas.set(nome, fila);
  }

  /**
   * Entrega os endpoints vivos um por vez.
   * @throws PROCEDIMENTO_NAO_REGISTRADO
   */
  lookup(nome: string): EndpointVivo {
    const fila = this.#filas.get(nome);
    const agoraMs = this.#clock.monotonicoMs();
    for (const [chave, registro] of fila ?? []) {
      fila?.delete(chave);
      if (registro.expiraEmMs <= agoraMs) continue;
      fila?.set(chave, registro);
      return emEndpointVivo(registro, agoraMs);
    }
    this.#filas.delete(nome);
    throw new ContractError('PROCEDIMENTO_NAO_REGISTRADO');
  }

  /** @returns true se o endpoint estava lá, vivo */
  unregister(nome: string, endpoint: Endpoint): boolean {
    const fila = this.#filas.get(nome);
    const chave = chaveDoEndpoint(endpoint);
    const registro = fila?.get(chave);
    if (!fila || !registro) return false;
    fila.delete(chave);
    if (fila.size === 0) this.#filas.delete(nome);
    return registro.expiraEmMs > this.#clock.monotonicoMs();
  }

  /** Os procedimentos com endpoint vivo, em ordem de code points (que em ASCII é a das unidades UTF-16). */
  list(): ProcedimentoRegistrado[] {
    this.#varrer();
    const agoraMs = this.#clock.monotonicoMs();
    return [...this.#filas.keys()].sort().map((procedure_name) => ({
      procedure_name,
      endpoints: [...(this.#filas.get(procedure_name)?.values() ?? [])].map((registro) =>
        emEndpointVivo(registro, agoraMs),
      ),
    }));
  }

  /** Conta por cima (o que venceu entre duas varreduras ainda conta), e só varre quando parece não caber. */
  #abrirLugar(): void {
    if (this.#total >= MAXIMO_DE_REGISTROS) this.#varrer();
    if (this.#total >= MAXIMO_DE_REGISTROS) {
      const message = `O binder já guarda o máximo de ${MAXIMO_DE_REGISTROS} endpoints.`;
      throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: 1_000 }, message);
    }
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

/** Nomes de máquina e IPv6 não distinguem maiúsculas. */
function chaveDoEndpoint({ address, port }: Endpoint): string {
  return `${address.toLowerCase()} ${port}`;
}

function emEndpointVivo({ address, port, expiraEmMs }: Registro, agoraMs: number): EndpointVivo {
  const ttl_s = expiraEmMs === Number.POSITIVE_INFINITY ? null : Math.ceil((expiraEmMs - agoraMs) / 1000);
  return { address, port, ttl_s };
}
