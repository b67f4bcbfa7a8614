/** O que muda entre ver a sala e agir nela: quem decide é a sala, no instante em que se age. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import type { RedisStore } from '../../../../src/store/redis/store.ts';
import type { Sessao } from '../../../../src/store/store.ts';
import { entrar, recusa, reunir } from '../conformidade/apoio.ts';
import { abrirFrota, type Frota, interceptar } from './apoio.ts';
import { expectTudoInteiro } from './inteiro.ts';

const SALA = { nomeSala: 'Geral' };
const SO_UM = { limite: { maximo: 1, janelaMs: 60_000 } };

describe.skipIf(!HA_REDIS)(`quem é dono, enquanto isso muda no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: Frota;
  beforeAll(async () => {
    redis = await iniciarRedis();
    um = await abrirFrota(redis);
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => um.esvaziar());

  /** Um servidor em que, antes da primeira vez de um passo, algo acontece em outro. */
  function servidorEmQue(passo: string, acontecer: () => Promise<unknown>): RedisStore {
    let aconteceu = false;
    const lento = interceptar(um.redis, async (comando) => {
      if (comando !== passo || aconteceu) return;
      aconteceu = true;
      await acontecer();
    });
    return um.outro(lento);
  }

  const passar = (store: RedisStore, { id }: Sessao, alvo: string) => store.passarSala({ ...SALA, sessaoId: id, alvo });
  const donoDe = async ({ id }: Sessao) => (await um.store.detalharSala(id, 'Geral')).dono;

  test.each<[string, string, (store: RedisStore, quem: Sessao) => Promise<unknown>]>([
    ['configurar', 'configurarNaSala', (store, { id }) => store.configurarSala({ ...SALA, sessaoId: id, topico: 'x' })],
    [
      'silenciar',
      'silenciarNaSala',
      (store, { id }) => store.silenciar({ ...SALA, sessaoId: id, alvo: 'Bia', silenciado: true }),
    ],
    [
      'expulsar',
      'expulsarDaSala',
      (store, { id }) => store.expulsar({ ...SALA, sessaoId: id, alvo: 'Bia', duracaoMs: 60_000 }),
    ],
    ['passar a sala', 'passarNaSala', (store, ana) => passar(store, ana, 'Bia')],
  ])('%s já não pode quem deixou de ser dono', async (_, passo, agir) => {
    const { Ana } = await reunir(um.store, 'Geral', 'Ana', 'Bia', 'Caio');
    const store = servidorEmQue(passo, () => passar(um.store, Ana, 'Caio'));
    await recusa(agir(store, Ana), 'SEM_PERMISSAO');
    expect(await um.store.detalharSala(Ana.id, 'Geral')).toMatchObject({ dono: 'Caio', topico: null, usuarios: 3 });
    await expectTudoInteiro(um.redis);
  });

  test('a sala não passa a quem acaba de sair dela, e a recusa não gasta o limite', async () => {
    const { Ana, Bia } = await reunir(um.store, 'Geral', 'Ana', 'Bia');
    const store = servidorEmQue('passarNaSala', () => um.store.sair(Bia.id));
    await recusa(store.passarSala({ ...SALA, ...SO_UM, sessaoId: Ana.id, alvo: 'Bia' }), 'DESTINATARIO_FORA_DA_SALA');
    expect(await donoDe(Ana)).toBe('Ana');
    await entrar(um.store, Bia, 'Geral');
    await store.passarSala({ ...SALA, ...SO_UM, sessaoId: Ana.id, alvo: 'Bia' });
    expect(await donoDe(Ana)).toBe('Bia');
  });

  test('nem a quem está acabando e ainda não saiu', async () => {
    const { Ana, Bia } = await reunir(um.store, 'Geral', 'Ana', 'Bia');
    const store = servidorEmQue('anotarNaSessao', async () => {
      // A sessão começa a acabar, e o servidor dela morre aí.
      expect(await um.agirEMorrer((outro) => outro.encerrar(Bia.id), 1)).toBe(false);
    });
    await recusa(passar(store, Ana, 'Bia'), 'DESTINATARIO_FORA_DA_SALA');
    expect(await donoDe(Ana)).toBe('Ana');
  });

  test('quem a recebeu, saiu e acabou a passa a quem está nela', async () => {
    const { Ana, Bia } = await reunir(um.store, 'Geral', 'Ana', 'Bia');
    await passar(um.store, Ana, 'Bia');
    await um.store.sair(Bia.id);
    await um.store.encerrar(Bia.id);
    expect(await donoDe(Ana)).toBe('Ana');
    await expectTudoInteiro(um.redis);
  });
});
