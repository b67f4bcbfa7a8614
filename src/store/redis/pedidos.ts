/** O que se pede ao store: em ordem por sessão, até que se feche, e sem que uma falha do Redis passe como é. */

import { ContractError } from '../../contract/errors.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';

const TENTE_EM_MS = 500;

export class Pedidos {
  /** O último verbo pedido por cada sessão: o seguinte faz efeito depois dele. */
  readonly #filas = new Map<number, Promise<unknown>>();
  readonly #emAndamento = new Set<Promise<unknown>>();
  #fechado = false;

  get fechado(): boolean {
    return this.#fechado;
  }

  /** Recusa os que vêm depois, e espera pelos que estão em andamento. */
  async close(): Promise<void> {
    this.#fechado = true;
    await Promise.allSettled(this.#emAndamento);
  }

  /** @throws SERVICO_INDISPONIVEL se o Redis não responde, ou se o store foi fechado */
  pedir<T>(agir: () => Promise<T>): Promise<T> {
    if (this.#fechado) return Promise.reject(indisponivel());
    const feito = agir().catch((erro: unknown) => {
      throw erro instanceof RedisIndisponivel ? indisponivel() : erro;
    });
    this.#emAndamento.add(feito);
    const retirar = () => this.#emAndamento.delete(feito);
    feito.then(retirar, retirar);
    return feito;
  }

  /** Os verbos de uma sessão fazem efeito na ordem em que foram pedidos, mesmo sem que se espere por cada um. */
  emOrdem<T>(sessaoId: number, agir: () => Promise<T>): Promise<T> {
    const anterior = this.#filas.get(sessaoId);
    const feito = this.pedir(anterior ? () => anterior.then(agir) : agir);
    const quieto = feito.then(
      () => {},
      () => {},
    );
    this.#filas.set(sessaoId, quieto);
    void quieto.then(() => {
      if (this.#filas.get(sessaoId) === quieto) this.#filas.delete(sessaoId);
    });
    return feito;
  }
}

function indisponivel(): ContractError {
  return new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_EM_MS });
}
