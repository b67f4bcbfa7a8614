/** A presença no Redis: quando cada sessão deu sinal de vida pela última vez, a qualquer dos servidores. */

import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { chavesDasFaixas, faixaDaSessao } from './chaves.ts';
import { renovarPresencas } from './scripts/sessoes.ts';

/** Um script com muitos argumentos seguraria o Redis. */
const POR_SCRIPT = 500;

export class Presencas {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;

  constructor(redis: RedisConnection, relogio: RelogioDividido) {
    this.#redis = redis;
    this.#relogio = relogio;
  }

  /** Anota a presença das que ainda existem. */
  async renovar(sessoes: readonly number[]): Promise<void> {
    const agora = this.#relogio.agoraMs();
    const porFaixa = chavesDasFaixas().map((chaves) => ({ chaves, ids: [] as number[] }));
    for (const id of sessoes) porFaixa[faixaDaSessao(id)]?.ids.push(id);
    await Promise.all(
      porFaixa.flatMap(({ chaves, ids }) =>
        emGrupos(ids).map((argumentos) => this.#redis.executar(renovarPresencas, chaves, { agora }, { argumentos })),
      ),
    );
  }
}

function emGrupos(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / POR_SCRIPT) }, (_, indice) =>
    ids.slice(indice * POR_SCRIPT, (indice + 1) * POR_SCRIPT),
  );
}
