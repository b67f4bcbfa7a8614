/** Quantas chamadas alguém pode fazer numa janela de tempo que desliza, contadas no Redis: valem em todos os servidores. */

import { ContractError } from '../../../contract/errors.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { nada } from '../../../redis/resposta.ts';
import type { LimiteAntecipado, LimiteDeChamadas } from '../../store.ts';
import { chaveDoRitmo, chaveDosRegistros } from '../formato/chaves.ts';
import { ocuparLugar } from '../scripts/limites.ts';

export const SEM_LIMITE: LimiteDeChamadas = { maximo: 0, janelaMs: 0 };

/** Os limites de uma sessão. */
export type LimiteDaSessao = 'mensagens' | 'movimentos' | LimiteAntecipado;

export class Limites {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;

  constructor(redis: RedisConnection, relogio: RelogioDividido) {
    this.#redis = redis;
    this.#relogio = relogio;
  }

  /**
   * Ocupa um lugar entre os registros que uma rede pode fazer.
   * @throws LIMITE_EXCEDIDO
   */
  ocuparRegistro(rede: string, limite: LimiteDeChamadas): Promise<void> {
    return this.#ocupar(chaveDosRegistros(rede), limite);
  }

  /** @throws LIMITE_EXCEDIDO */
  ocuparLugar(sessaoId: number, qual: LimiteDaSessao, limite: LimiteDeChamadas): Promise<void> {
    return this.#ocupar(chaveDoRitmo(sessaoId, qual), limite);
  }

  /** Devolve o último lugar ocupado: a chamada não era das que contam. */
  devolverLugar(sessaoId: number, qual: LimiteDaSessao): Promise<void> {
    const ritmo = chaveDoRitmo(sessaoId, qual);
    return this.#redis.comando(nada, ritmo, 'RPOP', ritmo);
  }

  async #ocupar(ritmo: string, { maximo, janelaMs }: LimiteDeChamadas): Promise<void> {
    const agora = this.#relogio.agoraMs();
    const tenteEmMs = await this.#redis.executar(ocuparLugar, { ritmo }, { agora, maximo, janelaMs });
    if (tenteEmMs > 0) throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });
  }
}
