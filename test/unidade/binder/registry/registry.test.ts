/** O registro, na memória e no Redis: a mesma conformidade; no Redis, como um usuário que só tem os direitos que o registro pede. */

import { afterAll, beforeAll, describe } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { DIREITOS } from '../../../../src/binder/registry/redis-scripts.ts';
import { comSoOsDireitos } from '../../../suporte/redis/direitos-do-redis.ts';
import { naMemoria, type RegistrosNoRedis, registrosNoRedis } from '../../../suporte/registro.ts';
import { descreverConformidade, descreverLimite } from './conformidade.ts';

describe('na memória', () => {
  descreverConformidade(naMemoria);
  descreverLimite(naMemoria);
});

describe.skipIf(!HA_REDIS).each([
  ['num Redis', iniciarRedis, [descreverConformidade, descreverLimite]],
  ['num Redis Cluster de três mestres', iniciarCluster, [descreverConformidade]],
])(`%s${SEM_REDIS}`, (_, iniciar, descricoes) => {
  let redis: Redis;
  let registros: RegistrosNoRedis;
  beforeAll(async () => {
    redis = await comSoOsDireitos(await iniciar(), DIREITOS);
    registros = await registrosNoRedis(redis);
  });
  afterAll(async () => {
    await registros?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  for (const descrever of descricoes) descrever(() => registros.novo());
});
