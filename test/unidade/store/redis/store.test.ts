/**
 * O store no Redis: a mesma conformidade que o embutido, num só e num cluster, como um usuário que só tem os direitos que o
 * store diz precisar.
 */

import { afterAll, beforeAll, describe } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { DIREITOS } from '../../../../src/store/redis/direitos.ts';
import { descreverConformidade } from '../conformidade/conformidade.ts';
import { abrirStore } from './apoio.ts';

const GERAIS = ['eval', 'evalsha', 'info', 'ping', 'scan', 'spublish', 'ssubscribe', 'sunsubscribe', 'time'];
const DO_CLUSTER = ['cluster|info', 'cluster|shards', 'cluster|slots'];

/** O mesmo Redis, para um usuário a quem se dá só o que o store pede. */
async function comSoOsDireitos(redis: Redis): Promise<Redis> {
  const comandos = [...DIREITOS.comandos, ...GERAIS, ...DO_CLUSTER].map((nome) => `+${nome}`);
  const regras = ['reset', 'on', '>senha', `~${DIREITOS.prefixo}*`, `&${DIREITOS.prefixo}*`, ...comandos];
  await redis.emTodos('ACL', 'SETUSER', 'chat', ...regras);
  return { ...redis, url: redis.url.replaceAll('//', '//chat:senha@') };
}

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster de três mestres', iniciarCluster],
])(`%s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await comSoOsDireitos(await iniciar());
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  descreverConformidade('o store', async (opcoes) => {
    await redis.esvaziar();
    let aberto = await abrirStore(redis, { opcoes });
    return {
      store: aberto.store,
      reabrir: async () => {
        await aberto.store.close();
        aberto = await abrirStore(redis, { opcoes });
        return aberto.store;
      },
      [Symbol.asyncDispose]: () => aberto.store.close(),
    };
  });
});
