/** Binders que dividem o registro no Redis, e o que acontece quando ele some. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, http, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { iniciarBinder, rodar } from '../../scripts/comum/processos.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../scripts/comum/redis.ts';

const CHAMADAS = [
  ['register_procedure', ['p', 'localhost', 1, 30]],
  ['lookup_procedure', ['p']],
  ['unregister_procedure', ['p', 'localhost', 1]],
  ['list_procedures', []],
] as const;

type Acao = (redis: Redis) => Promise<void>;

const saude = async (url: string) => (await http(url, { method: 'GET', caminho: '/saude' })).status;

describe.skipIf(!HA_REDIS)(`o registro no Redis${SEM_REDIS}`, () => {
  test.each<[string, Acao, Acao]>([
    ['morto', (redis) => redis.matar(), (redis) => redis.religar()],
    ['mudo', (redis) => redis.congelar(), async (redis) => redis.soltar()],
  ])(
    'com ele %s, tudo é SERVICO_INDISPONIVEL e /saude dá 503; quando volta, tudo anda sem que se mexa em nada',
    async (_, tirar, devolver) => {
      await using redis = await iniciarRedis();
      await using binder = await iniciarBinder({ argumentos: ['--redis', redis.url] });
      await ate(async () => (await saude(binder.url)) === 200, 'o Redis na saúde');

      await tirar(redis);
      for (const [method, params] of CHAMADAS) {
        expect(await recusa(binder.url, method, params)).toMatchObject({
          code: 2009,
          data: { tipo: 'SERVICO_INDISPONIVEL', tenteEmMs: expect.any(Number) },
        });
      }
      await ate(async () => (await saude(binder.url)) === 503, 'a falta do Redis na saúde');

      await devolver(redis);
      await ate(async () => (await saude(binder.url)) === 200, 'a volta do Redis na saúde');
      await ate(async () => !(await chamar(binder.url, 'list_procedures')).error, 'a volta das chamadas');
      expect(await resultado(binder.url, 'list_procedures')).toEqual([]);
      await resultado(binder.url, 'register_procedure', ['p', 'localhost', 1, 30]);
      expect(await resultado(binder.url, 'lookup_procedure', ['p'])).toMatchObject({ address: 'localhost', port: 1 });
      expect(binder.erros()).toMatch(/AVISO o Redis não responde[^\n]*\n[^\n]*INFO o Redis voltou[^\n]*\n$/);
    },
  );

  test('quem espera num binder sabe, sem esperar pela ronda, do que se registra no outro', async () => {
    await using redis = await iniciarRedis();
    const argumentos = ['--redis', redis.url];
    await using um = await iniciarBinder({ argumentos });
    await using outro = await iniciarBinder({ argumentos });
    const { versao } = await resultado(um.url, 'watch_procedures');
    const espera = resultado(um.url, 'watch_procedures', [versao, 120_000]);
    await resultado(outro.url, 'register_procedure', ['p', 'localhost', 1, 30]);
    expect(await espera).toMatchObject({ procedures: [{ procedure_name: 'p' }] });
    // Uma renovação não é uma mudança, e o fim do binder responde a quem espera.
    const atual = await resultado(outro.url, 'watch_procedures', ['']);
    await resultado(outro.url, 'register_procedure', ['p', 'localhost', 1, 30]);
    const ateOFim = resultado(um.url, 'watch_procedures', [atual.versao, 120_000]);
    await resultado(um.url, 'list_procedures');
    expect(await um.encerrar()).toBe(0);
    expect(await ateOFim).toMatchObject({ versao: atual.versao });
  });

  test('procurar, listar e esperar não gravam nada no Redis; o binder termina em ordem, também com ele mudo', async () => {
    await using redis = await iniciarRedis();
    await using binder = await iniciarBinder({ argumentos: ['--redis', redis.url] });
    await resultado(binder.url, 'register_procedure', ['p', 'localhost', 1]);
    await resultado(binder.url, 'register_procedure', ['p', 'localhost', 2]);
    const guardado = async () => {
      const chaves = ['registros', 'prazos', 'turno', 'estado'].map((nome) => `chat:{binder}:${nome}`);
      return Promise.all(chaves.map((chave) => redis.comando('DUMP', chave)));
    };
    const antes = await guardado();
    for (let vez = 0; vez < 10; vez += 1) await resultado(binder.url, 'lookup_procedure', ['p']);
    await resultado(binder.url, 'list_procedures');
    await resultado(binder.url, 'watch_procedures', ['', 100]);
    expect(await guardado()).toEqual(antes);
    await redis.congelar();
    expect(await binder.encerrar()).toBe(0);
  });
});

test('sem Redis na URL dada, o binder diz isso numa linha, sem a senha, e termina', async () => {
  const { status, erros } = await rodar('binder', {
    argumentos: ['--porta', '0'],
    ambiente: { CHAT_REDIS: 'redis://:s3nha@127.0.0.1:1', CHAT_SEGREDO: 'segredo' },
  });
  expect(status).toBe(1);
  expect(erros).toMatch(/^chat-binder: [^\n]*redis:\/\/127\.0\.0\.1:1[^\n]*\n$/);
});
