/** O que acaba por si, com vários servidores sobre o mesmo Redis: quem varre, e quem volta enquanto se varre. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { nada, ou, texto } from '../../../../src/redis/resposta.ts';
import { VARREDURA } from '../../../../src/store/redis/formato/chaves.ts';
import { criarSala, entrar, hashDe, registrar, reunir } from '../conformidade/apoio.ts';
import { abrirFrota, type Frota, interceptar } from './apoio.ts';
import { expectTudoInteiro } from './inteiro.ts';

const PRAZOS = { usuarioAusenteMs: 40_000, sessaoExpiraMs: 120_000, salaInativaMs: 20_000 };
const FOLGA_MS = 3_000;
const REGISTRO_SEM_CHAMADA_MS = 300_000;
/** Quem não renova a liderança por mais que isto a perde. */
const LIDERANCA_MS = 1_000;

describe.skipIf(!HA_REDIS)(`a varredura no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: Frota;
  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirFrota(redis, PRAZOS);
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => um.esvaziar());

  const nomes = async () => (await um.store.sessoes()).map(({ nome, sala }) => [nome, sala]);
  const salas = async () => (await um.store.listarSalas()).map(({ nomeSala }) => nomeSala);
  const lider = () => um.redis.comando(ou(texto), VARREDURA, 'HGET', VARREDURA, 'quem');

  describe('quem volta enquanto se varre', () => {
    test.each([
      ['sair', PRAZOS.usuarioAusenteMs],
      ['acabar', PRAZOS.sessaoExpiraMs],
    ])('depois de contado e antes de %s, fica', async (_, prazoMs) => {
      await reunir(um.store, 'Geral', 'Pedro');
      await um.passar(prazoMs - 5_000);
      const antes = await nomes();
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'iniciarMovimento') await um.store.identificar(hashDe('token de Pedro'));
      });
      um.relogio.avancar(5_000 + FOLGA_MS);
      await um.outro(lento, { prazos: PRAZOS }).varrer();
      expect(await nomes()).toEqual(antes);
      await expectTudoInteiro(um.redis);
    });

    test('a primeira chamada de quem nunca chamara o salva', async () => {
      await registrar(um.store, 'Pedro');
      const frota = { prazos: { ...PRAZOS, sessaoExpiraMs: 2 * REGISTRO_SEM_CHAMADA_MS } };
      const paciente = um.outro(um.redis, frota);
      for (let passados = 0; passados < REGISTRO_SEM_CHAMADA_MS - 5_000; passados += 5_000) {
        um.relogio.avancar(5_000);
        await paciente.varrer();
      }
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'iniciarMovimento') await um.store.identificar(hashDe('token de Pedro'));
      });
      um.relogio.avancar(5_000 + FOLGA_MS);
      await um.outro(lento, frota).varrer();
      expect(await nomes()).toEqual([['Pedro', null]]);
    });

    test('quem entra numa sala que ia ser removida fica nela', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.sair(Ana.id);
      await um.passar(PRAZOS.salaInativaMs - 5_000);
      const lento = interceptar(um.redis, async (comando) => {
        if (comando === 'fecharSala') await entrar(um.store, Ana, 'Geral');
      });
      um.relogio.avancar(5_000 + FOLGA_MS);
      await um.outro(lento, { prazos: PRAZOS }).varrer();
      expect(await um.store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
      await expectTudoInteiro(um.redis);
    });
  });

  describe('uma chamada que espera', () => {
    test('em qualquer dos servidores, é presença, também num que não lidera', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const outro = um.outro(um.redis, { prazos: PRAZOS, emEspera: new Set([Ana.id]) });
      for (let passados = 0; passados <= PRAZOS.sessaoExpiraMs; passados += 5_000) {
        await um.passar(5_000);
        await outro.varrer();
      }
      expect(await nomes()).toEqual([['Ana', 'Geral']]);
    });

    test('de quem já não tem sessão não lhe dá presença', async () => {
      const Pedro = await registrar(um.store, 'Pedro');
      await um.store.encerrar(Pedro.id);
      await um.outro(um.redis, { emEspera: new Set([Pedro.id]) }).varrer();
      await expectTudoInteiro(um.redis);
      expect(await redis.comando('KEYS', '*presentes')).not.toContain('presentes');
    });

    test('é anotada antes que se conte quem falta', async () => {
      const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
      await um.passar(PRAZOS.usuarioAusenteMs - 5_000);
      um.relogio.avancar(5_000 + FOLGA_MS);
      await um.outro(um.redis, { prazos: PRAZOS, emEspera: new Set([Pedro.id]) }).varrer();
      expect(await nomes()).toEqual([['Pedro', 'Geral']]);
    });
  });

  describe('quem varre', () => {
    test('é um só de cada vez; quando ele já não renova, outro segue, sem que nada recomece', async () => {
      const outro = um.outro(um.redis, { prazos: PRAZOS });
      await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await um.passar(PRAZOS.usuarioAusenteMs);
      const primeiro = await lider();
      um.relogio.avancar(LIDERANCA_MS - 1);
      await outro.varrer();
      expect(await lider()).toBe(primeiro);
      expect(await nomes(), 'quem não lidera não varre').toContainEqual(['Pedro', 'Geral']);
      um.relogio.avancar(1);
      await outro.varrer();
      expect(await lider()).not.toBe(primeiro);
      expect(await nomes()).toContainEqual(['Pedro', null]);
    });

    test('ao fechar em ordem, deixa outro varrer já; quem não lidera não tira a vez de ninguém', async () => {
      const [primeiro, segundo, terceiro] = [um.outro(), um.outro(), um.outro()];
      await primeiro.varrer();
      const antes = await lider();
      await segundo.varrer();
      await segundo.close();
      expect(await lider()).toBe(antes);
      await primeiro.close();
      await terceiro.varrer();
      expect(await lider()).toEqual(expect.any(String));
      expect(await lider()).not.toBe(antes);
    });

    test('dois que se julgam líderes ao mesmo tempo não estragam nada', async () => {
      await reunir(um.store, 'Geral', 'Ana', 'Pedro', 'Caio');
      await um.passar(PRAZOS.usuarioAusenteMs - 5_000);
      await um.store.identificar(hashDe('token de Ana'));
      um.relogio.avancar(5_000 + FOLGA_MS);
      const soltar = async (comando: string) => {
        if (comando === 'liderar') await um.redis.comando(nada, VARREDURA, 'DEL', VARREDURA);
      };
      const lideres = [0, 1].map(() => um.outro(interceptar(um.redis, soltar), { prazos: PRAZOS }));
      await Promise.all(lideres.map((store) => store.varrer()));
      expect(new Map((await nomes()) as [string, string | null][])).toEqual(
        new Map([
          ['Ana', 'Geral'],
          ['Pedro', null],
          ['Caio', null],
        ]),
      );
      await expectTudoInteiro(um.redis);
    });
  });

  test('um servidor que parou por muito tempo não é interrupção, se outro continuou: os prazos seguem', async () => {
    const { Pedro } = await reunir(um.store, 'Geral', 'Pedro');
    await criarSala(um.store, Pedro, 'Vazia');
    const parado = um.outro(um.redis, { prazos: PRAZOS });
    await um.passar(PRAZOS.usuarioAusenteMs);
    um.relogio.avancar(FOLGA_MS);
    await parado.varrer();
    expect(await nomes()).toEqual([['Pedro', null]]);
    expect(await salas()).toEqual(['Geral']);
  });
});
