/**
 * O que o Redis esquece sozinho segue a hora dele. Um salto dela de uma hora encurta, ou alonga, o prazo de cada chave; o
 * que se promete não muda.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { lista, nada, numero, texto } from '../../../../src/redis/resposta.ts';
import { hashDe, recusa, registrar } from '../conformidade/apoio.ts';
import { abrirFrota, type Frota, interceptar } from './apoio.ts';

const UMA_HORA_MS = 3_600_000;
const MINUTO_MS = 60_000;
const SALA_INATIVA_MS = 2 * MINUTO_MS;

describe.skipIf(!HA_REDIS)(`o prazo das chaves${SEM_REDIS}`, () => {
  let servidor: Redis;
  let frota: Frota;
  beforeAll(async () => {
    servidor = await iniciarRedis();
    frota = await abrirFrota(servidor, {
      salaInativaMs: SALA_INATIVA_MS,
      usuarioAusenteMs: 9 * UMA_HORA_MS,
      sessaoExpiraMs: 9 * UMA_HORA_MS,
    });
  });
  afterAll(async () => {
    await frota?.[Symbol.asyncDispose]();
    await servidor?.[Symbol.asyncDispose]();
  });
  beforeEach(() => frota.esvaziar());

  function chavesComo(padrao: string): Promise<string[]> {
    return frota.redis.comando(lista(texto), padrao, 'KEYS', padrao);
  }

  /** O que um salto da hora do Redis faz às chaves que têm prazo. */
  async function saltar(saltoMs: number): Promise<void> {
    for (const chave of await chavesComo('*')) {
      const restaMs = await frota.redis.comando(numero, chave, 'PTTL', chave);
      if (restaMs >= 0) await frota.redis.comando(nada, chave, 'PEXPIRE', chave, restaMs - saltoMs);
    }
  }

  test.each([
    ['para a frente', UMA_HORA_MS],
    ['para trás', -UMA_HORA_MS],
  ])('com a hora uma hora %s, um limite nem se esvazia nem dura mais', async (_, saltoMs) => {
    const { store, relogio } = frota;
    const limite = { maximo: 1, janelaMs: MINUTO_MS };
    const registrarDaRede = (nome: string) =>
      store.registrar({ nome, tokenHash: hashDe(nome), rede: '10.0.0.1', limite });
    const ana = await registrarDaRede('Ana');
    await store.ocuparLugar(ana.id, 'senhas_novas', limite);
    await saltar(saltoMs);
    await recusa(registrarDaRede('Bia'), 'LIMITE_EXCEDIDO');
    await recusa(store.ocuparLugar(ana.id, 'senhas_novas', limite), 'LIMITE_EXCEDIDO');
    relogio.avancar(MINUTO_MS);
    await registrarDaRede('Bia');
    await store.ocuparLugar(ana.id, 'senhas_novas', limite);
  });

  test('uma sala sem ninguém conta enquanto existe, por muito que dure; removida, nada dela fica', async () => {
    const { store, passar } = frota;
    const ana = await registrar(store, 'Ana');
    await store.identificar(hashDe('token de Ana'));
    const vazias = { porPessoa: 1, porRede: 1 };
    const criar = (nomeSala: string) => store.criarSala({ sessaoId: ana.id, nomeSala, rede: '10.0.0.1', vazias });
    await criar('um');
    await saltar(UMA_HORA_MS);
    await passar(SALA_INATIVA_MS - MINUTO_MS);
    await recusa(criar('dois'), 'LIMITE_EXCEDIDO');
    expect(await chavesComo('*:criadas-*')).toHaveLength(2);
    await passar(MINUTO_MS);
    expect(await chavesComo('*:criadas-*')).toEqual([]);
    await criar('dois');
  });

  test('quem está se registrando não perde o nome que reservou', async () => {
    const { redis, outro } = frota;
    const store = outro(
      interceptar(redis, async (comando) => {
        if (comando === 'fixarNome') await saltar(UMA_HORA_MS);
      }),
    );
    expect(await registrar(store, 'Ana')).toMatchObject({ nome: 'Ana' });
  });
});
