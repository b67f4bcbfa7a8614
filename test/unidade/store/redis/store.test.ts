/** O store no Redis: a mesma conformidade que o embutido, num só e num cluster. */

import { afterAll, beforeAll, describe } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { conectarAoRedis } from '../../../../src/redis/connection.ts';
import { RedisStore } from '../../../../src/store/redis/store.ts';
import { descreverConformidade } from '../conformidade.ts';

async function abrirStore({ url }: Redis): Promise<RedisStore> {
  return new RedisStore(await conectarAoRedis({ urls: url.split(',') }), 10_000, () => {});
}

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster de três mestres', iniciarCluster],
])(`%s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await iniciar();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  descreverConformidade('o store', async () => {
    await redis.esvaziar();
    let store = await abrirStore(redis);
    return {
      store,
      reabrir: async () => {
        await store.close();
        store = await abrirStore(redis);
        return store;
      },
      [Symbol.asyncDispose]: () => store.close(),
    };
  });
});
