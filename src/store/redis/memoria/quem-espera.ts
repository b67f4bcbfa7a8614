/**
 * Em que servidor cada sessão espera por mensagens: uma espera nova num servidor termina a que ela tinha em outro. Conta-se
 * num canal, uma vez, quando a sessão chega; o que nele vem por último vale, e todos o ouvem na mesma ordem.
 */

import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '../../../redis/connection.ts';
import { nada } from '../../../redis/resposta.ts';
import { canalDasEsperas } from '../formato/chaves.ts';

/** De quantas se lembra que já são deste servidor; das outras conta-se de novo. */
const LEMBRADAS = 50_000;

export class QuemEspera {
  readonly #redis: RedisConnection;
  readonly #aoEsperarEmOutro: (sessaoId: number) => void;
  readonly #eu = randomUUID();
  readonly #ouvinte = (texto: string) => this.#ouvir(texto);
  /** As que esperam neste servidor, e se já se ouviu no canal que são dele. */
  readonly #daqui = new Map<number, 'contada' | 'ouvida'>();
  #assinatura: Promise<void> | undefined;

  constructor(redis: RedisConnection, aoEsperarEmOutro: (sessaoId: number) => void) {
    this.#redis = redis;
    this.#aoEsperarEmOutro = aoEsperarEmOutro;
    // O que se contou enquanto não se ouvia não se sabe.
    redis.ouvirPerdas(() => this.#daqui.clear());
  }

  /**
   * A sessão espera neste servidor.
   * @throws RedisIndisponivel
   */
  async chegou(sessaoId: number): Promise<void> {
    if (this.#daqui.has(sessaoId)) return;
    await this.#assinar();
    const [primeira] = this.#daqui.keys();
    if (primeira !== undefined && this.#daqui.size >= LEMBRADAS) this.#daqui.delete(primeira);
    this.#daqui.set(sessaoId, 'contada');
    const canal = canalDasEsperas(this.#redis.banco);
    try {
      await this.#redis.comando(nada, canal, 'SPUBLISH', canal, `${sessaoId} ${this.#eu}`);
    } catch (erro) {
      this.#daqui.delete(sessaoId);
      throw erro;
    }
  }

  async #assinar(): Promise<void> {
    this.#assinatura ??= this.#redis.assinar(canalDasEsperas(this.#redis.banco), this.#ouvinte);
    try {
      await this.#assinatura;
    } catch (erro) {
      this.#assinatura = undefined;
      throw erro;
    }
  }

  #ouvir(texto: string): void {
    const [id, quem] = texto.split(' ');
    const sessaoId = Number(id);
    const daqui = this.#daqui.get(sessaoId);
    if (quem === this.#eu) {
      if (daqui) this.#daqui.set(sessaoId, 'ouvida');
      return;
    }
    // A deste servidor ainda vem no canal, depois desta: é a mais nova.
    if (daqui === 'contada') return;
    this.#daqui.delete(sessaoId);
    this.#aoEsperarEmOutro(sessaoId);
  }
}
