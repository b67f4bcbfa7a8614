/** O que acaba por si, com vários servidores sobre o mesmo Redis. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { VARREDURA } from '../../../../src/store/redis/chaves.ts';
import { RedisStore } from '../../../../src/store/redis/store.ts';
import type { PrazosNoRedis } from '../../../../src/store/redis/varredura.ts';
import { AGORA_MS, entrar, hashDe, ler, registrar, reunir, textos } from '../conformidade.ts';
import {
  abrirStore,
  abrirVarredura,
  envelhecer,
  horaDoRedis,
  interceptar,
  type StoreNoRedis,
  varrer,
  varridoSemParar,
} from './apoio.ts';
import { expectTudoInteiro } from './inteiro.ts';

const PRAZOS: Partial<PrazosNoRedis> = { usuarioAusenteMs: 30_000, sessaoExpiraMs: 60_000 };
const DE_MENOS_MS = 25_000;
const AUSENTE_MS = 40_000;
const EXPIRADA_MS = 70_000;

describe.skipIf(!HA_REDIS)(`a varredura no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: StoreNoRedis;
  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirStore(redis);
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await redis.esvaziar();
    await varridoSemParar(um.redis);
  });

  const nomes = async () => (await um.store.sessoes()).map(({ nome, sala }) => [nome, sala]);
  const salas = async () => (await um.store.listarSalas()).map(({ nomeSala }) => nomeSala);
  const estado = (campo: string) => um.redis.comando(VARREDURA, 'HGET', VARREDURA, campo);

  describe('quem não dá sinal de vida', () => {
    test('sai da sala quando o prazo passa, não antes, e só ele', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
      await envelhecer(um.redis, 'presentes', Ana.id, DE_MENOS_MS);
      await varrer(um, PRAZOS);
      expect(await nomes()).toEqual(
        expect.arrayContaining([
          ['Ana', 'Geral'],
          ['Pedro', null],
        ]),
      );
      expect(textos(await ler(um.store, Ana)).at(-1)).toBe('Pedro saiu da sala.');
      await expectTudoInteiro(um.redis);
    });

    test('ausente, ainda tem a sessão e o nome; ao voltar, está presente como antes', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
      await varrer(um, PRAZOS);
      expect(await um.store.identificar(hashDe('token de Pedro'))).toMatchObject({ id: Pedro.id, sala: null });
      await envelhecer(um.redis, 'ausentes', Pedro.id, EXPIRADA_MS);
      await entrar(um.store, Pedro, 'Geral');
      await varridoSemParar(um.redis);
      await varrer(um, PRAZOS);
      expect(await nomes()).toContainEqual(['Pedro', 'Geral']);
    });

    test.each(['presentes', 'ausentes'] as const)(
      'perde a sessão e o nome no fim do outro prazo (%s)',
      async (conjunto) => {
        const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
        if (conjunto === 'ausentes') {
          await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
          await varrer(um, PRAZOS);
          await varridoSemParar(um.redis);
        }
        await envelhecer(um.redis, conjunto, Pedro.id, EXPIRADA_MS);
        await varrer(um, PRAZOS);
        expect(await nomes()).toEqual([['Ana', 'Geral']]);
        expect(await um.store.identificar(hashDe('token de Pedro'))).toBeUndefined();
        await expectTudoInteiro(um.redis);
        await um.store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro') });
      },
    );

    test('são muitos de uma vez: cada passada trata alguns, e nenhum fica', async () => {
      const pessoas = await Promise.all(
        Array.from({ length: 300 }, (_, numero) =>
          // Todos da mesma faixa, que é do primeiro byte do hash.
          um.store.registrar({ nome: `P${numero}`, tokenHash: Buffer.from([0, numero >> 8, numero & 255]) }),
        ),
      );
      await Promise.all(pessoas.map(({ id }) => envelhecer(um.redis, 'presentes', id, EXPIRADA_MS)));
      await varrer(um, PRAZOS);
      await varridoSemParar(um.redis);
      await varrer(um, PRAZOS);
      expect(await nomes()).toEqual([]);
      await expectTudoInteiro(um.redis);
    });

    test('uma chamada que espera, em qualquer dos servidores, é presença', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      for (const { id } of [Ana, Pedro]) await envelhecer(um.redis, 'presentes', id, EXPIRADA_MS);
      await abrirVarredura(um, PRAZOS, () => [Ana.id]).varrer();
      expect(await nomes()).toEqual([['Ana', 'Geral']]);
      await entrar(um.store, await registrar(um.store, 'Caio'), 'Geral');
      await envelhecer(um.redis, 'presentes', Ana.id, AUSENTE_MS);
      await using outro = await abrirStore(redis);
      // O outro não lidera: só anota quem espera nele.
      await abrirVarredura(outro, PRAZOS, () => [Ana.id]).varrer();
      await varridoSemParar(um.redis);
      await varrer(um, PRAZOS);
      expect(await nomes()).toContainEqual(['Ana', 'Geral']);
    });

    test('quem espera mas já não tem sessão não volta a ter presença', async () => {
      const Pedro = await registrar(um.store, 'Pedro');
      await um.store.encerrar(Pedro.id, AGORA_MS);
      await varrer(um, PRAZOS, () => [Pedro.id]);
      expect(await um.redis.comando('*', 'KEYS', '*presentes')).toEqual([]);
    });

    test.each([
      ['sair', AUSENTE_MS],
      ['encerrar', EXPIRADA_MS],
    ])('quem volta depois de contado e antes de %s fica', async (_, haMs) => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, haMs);
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'iniciarMovimento') await um.store.identificar(hashDe('token de Pedro'));
      });
      await varrer({ ...um, store: new RedisStore(lento, 10_000, () => {}) }, PRAZOS);
      expect(await nomes()).toContainEqual(['Pedro', 'Geral']);
      await expectTudoInteiro(um.redis);
    });
  });

  describe('a sessão de que nenhuma chamada veio', () => {
    test('acaba no seu prazo, que não é o das outras; a que chamou uma vez fica', async () => {
      const nunca = await registrar(um.store, 'Nunca');
      const chamou = await registrar(um.store, 'Chamou');
      const nova = await registrar(um.store, 'Nova');
      await um.store.identificar(hashDe('token de Chamou'));
      for (const { id } of [nunca, chamou]) await envelhecer(um.redis, 'novas', id, 10_000);
      await varrer(um, { ...PRAZOS, semChamadaMs: 5_000 });
      expect((await nomes()).map(([nome]) => nome).sort()).toEqual(['Chamou', nova.nome]);
      await expectTudoInteiro(um.redis);
    });

    test('a primeira chamada que chega depois de contada a salva', async () => {
      const Pedro = await registrar(um.store, 'Pedro');
      await envelhecer(um.redis, 'novas', Pedro.id, 10_000);
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'iniciarMovimento') await um.store.identificar(hashDe('token de Pedro'));
      });
      await varrer({ ...um, store: new RedisStore(lento, 10_000, () => {}) }, { semChamadaMs: 5_000 });
      expect(await nomes()).toEqual([['Pedro', null]]);
    });
  });

  describe('a sala sem ninguém', () => {
    const envelhecerSala = async (haMs: number) => {
      const desde = (await horaDoRedis(um.redis)) - haMs;
      await um.redis.comando('chat:{salas}:vazias', 'ZADD', 'chat:{salas}:vazias', desde, 'geral');
      await um.redis.comando('chat:{s:geral}:dados', 'HSET', 'chat:{s:geral}:dados', 'vaziaDesde', desde);
    };

    test('é removida no fim do prazo, também a que nunca teve ninguém, e não a que tem alguém', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.criarSala(Ana.id, 'Nunca');
      await um.store.criarSala(Ana.id, 'Ocupada');
      await entrar(um.store, Ana, 'Ocupada');
      await varrer(um, { salaInativaMs: 10_000 });
      expect(await salas()).toEqual(['Geral', 'Nunca', 'Ocupada']);
      await envelhecerSala(20_000);
      const desde = (await horaDoRedis(um.redis)) - 20_000;
      for (const sala of ['nunca', 'ocupada']) {
        await um.redis.comando('chat:{salas}:vazias', 'ZADD', 'chat:{salas}:vazias', desde, sala);
      }
      await varridoSemParar(um.redis);
      await varrer(um, { salaInativaMs: 10_000 });
      expect(await salas()).toEqual(['Ocupada']);
      await expectTudoInteiro(um.redis);
    });

    test('que voltou a ter alguém, e a não ter, conta o prazo desde a última saída', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.sair(Ana.id, AGORA_MS);
      // O índice ainda diz o que era antes; a sala sabe.
      const desde = (await horaDoRedis(um.redis)) - 20_000;
      await um.redis.comando('chat:{salas}:vazias', 'ZADD', 'chat:{salas}:vazias', desde, 'geral');
      await varrer(um, { salaInativaMs: 10_000 });
      expect(await salas()).toEqual(['Geral']);
      await envelhecerSala(20_000);
      await varridoSemParar(um.redis);
      await varrer(um, { salaInativaMs: 10_000 });
      expect(await salas()).toEqual([]);
    });

    test('em que alguém entra enquanto ela ia ser removida fica, com quem entrou', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.sair(Ana.id, AGORA_MS);
      await envelhecerSala(20_000);
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'fecharSala') await entrar(um.store, Ana, 'Geral');
      });
      await varrer({ ...um, store: new RedisStore(lento, 10_000, () => {}) }, { salaInativaMs: 10_000 });
      expect(await um.store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
      await expectTudoInteiro(um.redis);
    });
  });

  describe('quem varre', () => {
    test('é um só de cada vez; quando ele já não renova, outro segue, sem que nada recomece', async () => {
      await using outro = await abrirStore(redis);
      const [primeira, segunda] = [abrirVarredura(um, PRAZOS), abrirVarredura(outro, PRAZOS)];
      await primeira.varrer();
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
      const lider = await estado('quem');
      await segunda.varrer();
      expect(await estado('quem')).toBe(lider);
      expect(await nomes(), 'quem não lidera não varre').toContainEqual(['Pedro', 'Geral']);
      await um.redis.comando(VARREDURA, 'HSET', VARREDURA, 'ate', 1);
      await segunda.varrer();
      expect(await estado('quem')).not.toBe(lider);
      expect(await nomes()).toContainEqual(['Pedro', null]);
    });

    test('ao fechar em ordem, deixa outro varrer já; quem não lidera não tira a vez de ninguém', async () => {
      await using outro = await abrirStore(redis);
      const [primeira, segunda] = [abrirVarredura(um), abrirVarredura(outro)];
      await primeira.varrer();
      const lider = await estado('quem');
      await segunda.close();
      expect(await estado('quem')).toBe(lider);
      await primeira.close();
      await segunda.varrer();
      expect(await estado('quem')).toEqual(expect.any(String));
      expect(await estado('quem')).not.toBe(lider);
    });

    test('dois que se julgam líderes ao mesmo tempo não estragam nada', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro', 'Caio');
      const Caio = (await um.store.sessoes()).find(({ nome }) => nome === 'Caio');
      await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
      await envelhecer(um.redis, 'presentes', Caio?.id as number, EXPIRADA_MS);
      await using outro = await abrirStore(redis);
      const soltar = async (comando: string) => {
        if (comando === 'liderar') await um.redis.comando(VARREDURA, 'HDEL', VARREDURA, 'quem', 'ate');
      };
      const varreduras = [um, outro].map(({ redis, store }) =>
        abrirVarredura({ redis: interceptar(redis, soltar), store }, PRAZOS).varrer(),
      );
      await Promise.all(varreduras);
      expect(new Map((await nomes()) as [string, string | null][])).toEqual(
        new Map([
          ['Ana', 'Geral'],
          ['Pedro', null],
        ]),
      );
      await expectTudoInteiro(um.redis);
    });
  });

  describe('depois de uma interrupção', () => {
    test('os prazos começam de novo: ninguém podia dar sinal de vida', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const sozinho = await registrar(um.store, 'Nunca');
      await um.store.criarSala(Pedro.id, 'Vazia');
      await envelhecer(um.redis, 'presentes', Pedro.id, EXPIRADA_MS);
      await envelhecer(um.redis, 'novas', sozinho.id, EXPIRADA_MS);
      const vazias = 'chat:{salas}:vazias';
      await um.redis.comando(vazias, 'ZADD', vazias, 1, 'vazia');
      await varridoSemParar(um.redis, 6_000);
      const prazos = { ...PRAZOS, semChamadaMs: 5_000, salaInativaMs: 10_000 };
      await varrer(um, prazos);
      expect(await nomes()).toContainEqual(['Pedro', 'Geral']);
      expect(await nomes()).toContainEqual(['Nunca', null]);
      expect(await salas()).toEqual(['Geral', 'Vazia']);
      // Um prazo inteiro depois, e quem não voltou sai.
      await um.redis.comando(VARREDURA, 'HSET', VARREDURA, 'ate', 1);
      await um.redis.comando(VARREDURA, 'HINCRBY', VARREDURA, 'desde', -AUSENTE_MS);
      await varrer(um, prazos);
      expect(await nomes()).toContainEqual(['Pedro', null]);
      expect((await nomes()).map(([nome]) => nome)).not.toContain('Nunca');
      expect(await salas()).toEqual(['Geral']);
    });

    test('a que é curta não conta: os prazos seguem', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, AUSENTE_MS);
      await varridoSemParar(um.redis, 2_000);
      await varrer(um, PRAZOS);
      expect(await nomes()).toContainEqual(['Pedro', null]);
    });

    test('quem espera é anotado antes que se conte quem falta', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
      await envelhecer(um.redis, 'presentes', Pedro.id, EXPIRADA_MS);
      await varrer(um, PRAZOS, () => [Pedro.id]);
      expect(await nomes()).toEqual([['Pedro', 'Geral']]);
    });
  });
});
