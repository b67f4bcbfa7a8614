/** As mensagens de uma sala, no Redis: as de todos, quem entrou e saiu, e as privadas que cada sessão pode ver. */

import type { Mensagem } from '../../../contract/chat.ts';
import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { Leitura } from '../../store.ts';
import { chaveDasPrivadas, chavesDaSala } from '../formato/chaves.ts';
import { juntarPrimeiras, juntarUltimas } from '../formato/registros.ts';
import { lerDaSala } from '../scripts/mensagens.ts';

export class Mensagens {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  /** @returns `undefined` se a sessão não está na sala */
  async ler({ sessaoId, nomeSala, desde }: Leitura): Promise<Mensagem[] | undefined> {
    const sala = nomeComparavel(nomeSala);
    const chaves = { ...chavesDaSala(sala), privadas: chaveDasPrivadas(sala, sessaoId) };
    const argumentos = { id: String(sessaoId), desde: desde === undefined ? '' : String(desde) };
    const lidas = await this.#redis.executar(lerDaSala, chaves, argumentos);
    if (!lidas) return undefined;
    const [nome, ...fluxos] = lidas;
    return desde === undefined ? juntarUltimas(nome, ...fluxos) : juntarPrimeiras(nome, ...fluxos);
  }
}
