/**
 * O store no Redis: a mesma conformidade que o embutido, num só e num cluster, como um usuário que só tem os direitos que o
 * store diz precisar.
 */

import { afterAll, beforeAll, describe } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { DIREITOS } from '../../../../src/store/redis/direitos.ts';
import { comSoOsDireitos } from '../../../suporte/redis/direitos-do-redis.ts';
import { descreverConformidade } from '../conformidade/conformidade.ts';
import { abrirStore } from './apoio.ts';

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster de três mestres', iniciarCluster],
])(`%s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await comSoOsDireitos(await iniciar(), DIREITOS);
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
