/**
 * O store no Redis: a mesma conformidade que o embutido, num só e num cluster, como um usuário que só tem os direitos que o
 * store diz precisar. Todos os stores usam a mesma conexão: abri-la, num cluster, custa mais que muitos dos testes.
 */

import { afterAll, beforeAll, describe } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import type { RedisConnection } from '../../../../src/redis/connection.ts';
import { DIREITOS } from '../../../../src/store/redis/direitos.ts';
import { abrirSobre } from '../../../../src/store/redis/open.ts';
import { comSoOsDireitos } from '../../../suporte/redis/direitos-do-redis.ts';
import { descreverConformidade } from '../conformidade/conformidade.ts';
import { conectar, semFechar } from './apoio.ts';

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster de três mestres', iniciarCluster],
])(`%s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  let conexao: RedisConnection;
  beforeAll(async () => {
    redis = await comSoOsDireitos(await iniciar(), DIREITOS);
    conexao = await conectar(redis);
  });
  afterAll(async () => {
    await conexao?.close();
    await redis?.[Symbol.asyncDispose]();
  });

  descreverConformidade('o store', async (opcoes) => {
    await redis.esvaziar();
    const abrir = () => abrirSobre(semFechar(conexao), 10_000, opcoes);
    let store = await abrir();
    return {
      store,
      reabrir: async () => {
        await store.close();
        store = await abrir();
        return store;
      },
      [Symbol.asyncDispose]: () => store.close(),
    };
  });
});
