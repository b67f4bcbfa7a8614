/** O relógio que vários processos dividem: anda com eles, e não com a hora do Redis. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../scripts/comum/redis.ts';
import type { RedisConnection } from '../../../src/redis/connection.ts';
import { RelogioDividido } from '../../../src/redis/relogio-dividido.ts';
import { nada, numero } from '../../../src/redis/resposta.ts';
import { DIREITOS } from '../../../src/store/redis/direitos.ts';
import { conectarSemPressa } from '../../suporte/redis/redis-sem-pressa.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';

const CHAVE = 'relogio';
const INTERRUPCAO_MS = 10_000;
const UMA_HORA_MS = 3_600_000;
/** O que o Redis e o teste demoram: nada aqui depende de quanto. */
const FOLGA_MS = 600_000;

describe.skipIf(!HA_REDIS)(`o relógio dividido${SEM_REDIS}`, () => {
  let redis: Redis;
  let conexao: RedisConnection;
  beforeAll(async () => {
    redis = await iniciarRedis();
    conexao = await conectarSemPressa({ urls: [redis.url] }, DIREITOS);
  });
  afterAll(async () => {
    await conexao?.close();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.esvaziar());

  async function abrir() {
    const processo = relogioDeTeste();
    const { monotonicoMs } = processo;
    const relogio = await RelogioDividido.abrir({
      redis: conexao,
      chave: CHAVE,
      monotonicoMs,
      interrupcaoMs: INTERRUPCAO_MS,
    });
    return { processo, relogio };
  }

  /** Para os relógios já abertos e para os que se abrirem, é como se o do Redis tivesse saltado. */
  async function acertarHoraDoRedis(saltoMs: number): Promise<void> {
    const visto = await conexao.comando(numero, CHAVE, 'HGET', CHAVE, 'visto');
    await conexao.comando(nada, CHAVE, 'HSET', CHAVE, 'visto', visto - saltoMs);
  }

  test('o primeiro parte da hora do Redis, e anda com o tempo do processo', async () => {
    const { processo, relogio } = await abrir();
    const inicio = relogio.agoraMs();
    expect(Math.abs(inicio - Date.now())).toBeLessThan(FOLGA_MS);
    processo.avancar(1_234);
    expect(relogio.agoraMs()).toBe(inicio + 1_234);
  });

  test('quem está adiantado decide, e o relógio de ninguém volta', async () => {
    const [um, outro] = [await abrir(), await abrir()];
    um.processo.avancar(5_000_000);
    await um.relogio.acertar();
    const antes = um.relogio.agoraMs();
    await outro.relogio.acertar();
    expect(outro.relogio.agoraMs()).toBe(antes);
    await um.relogio.acertar();
    expect(um.relogio.agoraMs()).toBe(antes);
  });

  test.each([UMA_HORA_MS, -UMA_HORA_MS])(
    'com processos vivos, um salto de %i ms na hora do Redis não o muda',
    async (saltoMs) => {
      const { processo, relogio } = await abrir();
      const inicio = relogio.agoraMs();
      processo.avancar(1_000);
      await acertarHoraDoRedis(saltoMs);
      expect(await relogio.acertar()).toBe(1_000);
      expect(relogio.agoraMs()).toBe(inicio + 1_000);
    },
  );

  test('sem nenhum processo, conta a hora do Redis; se ela voltou, o relógio não volta', async () => {
    const antes = (await abrir()).relogio.agoraMs();
    await acertarHoraDoRedis(UMA_HORA_MS);
    const depois = (await abrir()).relogio.agoraMs();
    expect(depois).toBeGreaterThanOrEqual(antes + UMA_HORA_MS);
    await acertarHoraDoRedis(-UMA_HORA_MS);
    expect((await abrir()).relogio.agoraMs()).toBe(depois);
  });

  test('diz há quanto anda sem parar: desde que alguém deixou de o acertar por mais que uma interrupção', async () => {
    const { processo, relogio } = await abrir();
    for (let vez = 0; vez < 5; vez += 1) {
      processo.avancar(INTERRUPCAO_MS);
      await relogio.acertar();
    }
    expect(await relogio.acertar()).toBe(5 * INTERRUPCAO_MS);
    processo.avancar(INTERRUPCAO_MS + 1);
    expect(await relogio.acertar()).toBe(0);
    await acertarHoraDoRedis(UMA_HORA_MS);
    const outro = await abrir();
    expect(await outro.relogio.acertar()).toBe(0);
  });

  test('o Redis que perdeu tudo o recebe de volta de quem o tem', async () => {
    const { processo, relogio } = await abrir();
    processo.avancar(UMA_HORA_MS);
    const antes = relogio.agoraMs();
    await redis.esvaziar();
    await relogio.acertar();
    expect(relogio.agoraMs()).toBe(antes);
    expect((await abrir()).relogio.agoraMs()).toBeGreaterThanOrEqual(antes);
  });
});
