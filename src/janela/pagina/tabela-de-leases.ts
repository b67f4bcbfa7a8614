/** Os registros do binder ao longo do tempo: quando cada endpoint entrou na tabela, foi renovado e saiu dela. */

import type { Acontecimento } from '../../contract/janela.ts';

/** Um endpoint registrado no binder, com os procedimentos que atende. Os instantes são em ms desde 1970. */
export interface Lease {
  readonly binder: string;
  readonly endpoint: string;
  readonly procedimentos: Set<string>;
  readonly desdeMs: number;
  /** Os registros e renovações, do mais antigo ao mais novo; os de um mesmo instante contam como um. */
  readonly renovacoesMs: number[];
  /** `null` quando não vence. */
  ttl_s: number | null;
  fimMs: number | undefined;
  /** `undefined` também para o que acabou com o binder que o tinha. */
  motivo: 'vencido' | 'retirado' | undefined;
}

/** Um servidor registra todos os seus procedimentos de uma vez: juntos, são uma renovação. */
const MESMA_RENOVACAO_MS = 300;

type Registro = Pick<Extract<Acontecimento, { readonly tipo: 'lease' }>, 'endpoint' | 'procedimento' | 'ttl_s'>;
type Retirada = Pick<Extract<Acontecimento, { readonly tipo: 'lease_fim' }>, 'endpoint' | 'procedimento' | 'motivo'>;

export class TabelaDeLeases {
  readonly #leases: Lease[] = [];

  /** Os que estavam na tabela em algum momento do período. */
  entre(deMs: number, ateMs: number): Lease[] {
    return this.#leases.filter(({ desdeMs, fimMs = Infinity }) => desdeMs <= ateMs && fimMs >= deMs);
  }

  /** Os que estavam na tabela num instante. */
  em(instanteMs: number): Lease[] {
    return this.#leases.filter(({ desdeMs, fimMs = Infinity }) => desdeMs <= instanteMs && fimMs > instanteMs);
  }

  registrar(binder: string, { endpoint, procedimento, ttl_s }: Registro, quandoMs: number): void {
    const lease = this.#vivo(binder, endpoint) ?? this.#novo(binder, endpoint, quandoMs);
    lease.procedimentos.add(procedimento);
    lease.ttl_s = ttl_s;
    if (quandoMs - (lease.renovacoesMs.at(-1) ?? 0) > MESMA_RENOVACAO_MS) lease.renovacoesMs.push(quandoMs);
  }

  /** O endpoint sai da tabela com o último dos seus procedimentos. */
  retirar(binder: string, { endpoint, procedimento, motivo }: Retirada, quandoMs: number): void {
    const lease = this.#vivo(binder, endpoint);
    if (!lease) return;
    lease.procedimentos.delete(procedimento);
    if (lease.procedimentos.size > 0) return;
    lease.fimMs = quandoMs;
    lease.motivo = motivo;
  }

  /** O binder que volta depois de morto começa com a tabela que se lhe disser daqui em diante. */
  recomecar(binder: string, quandoMs: number): void {
    for (const lease of this.#leases) if (lease.binder === binder) lease.fimMs ??= quandoMs;
  }

  /** Esquece o que acabou antes de um instante. */
  esquecerAte(instanteMs: number): void {
    const guardados = this.em(instanteMs).concat(this.#leases.filter(({ desdeMs }) => desdeMs > instanteMs));
    this.#leases.splice(0, this.#leases.length, ...guardados);
    for (const { renovacoesMs } of this.#leases) {
      const primeiraQueFica = renovacoesMs.findLastIndex((ms) => ms < instanteMs);
      renovacoesMs.splice(0, Math.max(0, primeiraQueFica));
    }
  }

  #vivo(binder: string, endpoint: string): Lease | undefined {
    return this.#leases.findLast(
      (lease) => lease.binder === binder && lease.endpoint === endpoint && lease.fimMs === undefined,
    );
  }

  #novo(binder: string, endpoint: string, desdeMs: number): Lease {
    const semFim = { ttl_s: null, fimMs: undefined, motivo: undefined };
    const lease = { binder, endpoint, procedimentos: new Set<string>(), desdeMs, renovacoesMs: [], ...semFim };
    this.#leases.push(lease);
    return lease;
  }
}
