/**
 * O que cada chamada pede ao Redis, contado por ele: comandos, não tempos. Não cresce com a história, nem com quem está
 * na sala, nem com as salas que há.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import type { RedisStore } from '../../../../src/store/redis/store.ts';
import type { Leitura, Sessao } from '../../../../src/store/store.ts';
import { PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { criarSala, entrar, enviar, hashDe, registrar, reunir } from '../conformidade/apoio.ts';
import { abrirFrota, type Frota, interceptar } from './apoio.ts';

const LIMITE = { maximo: 100_000, janelaMs: 3_600_000 };

interface Custo {
  /** O que se pediu, por nome do script ou do comando, na ordem: cada um é uma ida ao Redis. */
  readonly idas: readonly string[];
  /** Quantos comandos o Redis executou, também dentro dos scripts. */
  readonly comandos: Readonly<Record<string, number>>;
}

/** Quanto há quando se mede. */
interface Tamanho {
  readonly historia: number;
  readonly pessoas: number;
  readonly salas: number;
}

const PEQUENO: Tamanho = { historia: 10, pessoas: 5, salas: 1 };

describe.skipIf(!HA_REDIS)(`o custo no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let um: Frota;
  let idas: string[];
  let store: RedisStore;
  let outro: RedisStore;
  let avisados: [number, number];
  beforeAll(async () => {
    redis = await iniciarRedis();
    // O que roda por si, de tempos em tempos, não é de nenhuma chamada: aqui não roda.
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'clearTimeout'] });
    um = await abrirFrota(redis);
    const contada = interceptar(um.redis, (comando) => {
      idas.push(comando);
    });
    const contando = (indice: 0 | 1) => ({
      prazos: PRAZOS_LONGOS,
      aoGravar: () => {
        avisados[indice] += 1;
      },
    });
    idas = [];
    [store, outro] = [um.outro(contada, contando(0)), um.outro(um.redis, contando(1))];
    vi.useRealTimers();
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    [idas, avisados] = [[], [0, 0]];
    await um.esvaziar();
  });

  async function medir(agir: () => Promise<unknown>): Promise<Custo> {
    await redis.comando('CONFIG', 'RESETSTAT');
    idas = [];
    await agir();
    const pedidas = [...idas];
    const linhas = (await redis.comando('INFO', 'commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
    const deOutros = /^(ping|info|config|quit)\b/;
    const comandos = [...linhas].flatMap(([, nome = '', vezes]) =>
      deOutros.test(nome) ? [] : [[nome, Number(vezes)]],
    );
    return { idas: pedidas, comandos: Object.fromEntries(comandos) };
  }

  /** Uma sala em que estão Ana e Pedro, entre tantos, depois de tanta conversa. */
  async function encher({ historia, pessoas, salas }: Tamanho): Promise<{ Ana: Sessao; Pedro: Sessao }> {
    const { Ana, Pedro } = await reunir(store, 'Geral', 'Ana', 'Pedro');
    await Promise.all(
      Array.from({ length: pessoas - 2 }, async (_, numero) =>
        entrar(store, await registrar(store, `P${numero}`), 'Geral'),
      ),
    );
    await Promise.all(Array.from({ length: salas - 1 }, (_, numero) => criarSala(store, Ana, `Sala ${numero}`)));
    await Promise.all(
      Array.from({ length: historia }, (_, numero) =>
        enviar(store, numero % 2 ? Ana : Pedro, `${numero}`, numero % 4 ? {} : { destinatario: 'Ana' }),
      ),
    );
    return { Ana, Pedro };
  }

  /** Cada coisa que se faz a toda hora, como o servidor a faz: primeiro, de quem é o token. */
  async function medirTudo(tamanho: Tamanho): Promise<Record<string, Custo>> {
    const { Ana } = await encher(tamanho);
    const ultimo = (await enviar(store, Ana, 'última')).mensagem.id;
    // O mais caro: o último sinal de vida já não vale, e tem de ser anotado.
    um.relogio.avancar(10_000);
    const leitura = { sessaoId: Ana.id, nomeSala: 'Geral', desde: ultimo };
    const atos: Record<string, () => Promise<unknown>> = {
      identificar: () => store.identificar(hashDe('token de Ana')),
      'enviar sem chave': () => enviar(store, Ana, 'a', { limite: LIMITE }),
      'enviar com chave': () => enviar(store, Ana, 'a', { chave: 'k', limite: LIMITE }),
      'enviar de novo com a mesma chave': () => enviar(store, Ana, 'a', { chave: 'k', limite: LIMITE }),
      'enviar privada': () => enviar(store, Ana, 'a', { destinatario: 'Pedro', limite: LIMITE }),
      'ler sem nada de novo': () => store.ler({ ...leitura, desde: Number.MAX_SAFE_INTEGER }),
      'esperar onde já se espera': () => store.ler({ ...leitura, desde: Number.MAX_SAFE_INTEGER, acompanhar: true }),
      'ler uma mensagem': () => store.ler(leitura),
      'ler as últimas': () => store.ler({ ...leitura, desde: undefined }),
    };
    await store.ler({ ...leitura, acompanhar: true });
    const custos: Record<string, Custo> = {};
    for (const [nome, agir] of Object.entries(atos)) custos[nome] = await medir(agir);
    return custos;
  }

  test('cada chamada custa isto', async () => {
    // A primeira vez carrega os scripts.
    await medirTudo(PEQUENO);
    await um.esvaziar();
    const custos = await medirTudo(PEQUENO);
    expect(Object.fromEntries(Object.entries(custos).map(([nome, custo]) => [nome, custo.idas]))).toEqual({
      identificar: ['identificar'],
      'enviar sem chave': ['prepararEnvio', 'enviarNaSala'],
      'enviar com chave': ['prepararEnvio', 'enviarNaSala'],
      'enviar de novo com a mesma chave': ['prepararEnvio', 'enviarNaSala', 'RPOP'],
      'enviar privada': ['prepararEnvio', 'HGET', 'enviarNaSala'],
      'ler sem nada de novo': ['lerDaSala'],
      'esperar onde já se espera': ['lerDaSala'],
      'ler uma mensagem': ['lerDaSala'],
      'ler as últimas': ['lerDaSala'],
    });
    expect(custos['enviar com chave']?.comandos).toEqual({
      evalsha: 2,
      time: 2,
      hget: 6,
      hmget: 2,
      hset: 3,
      hlen: 2,
      sadd: 1,
      lindex: 1,
      llen: 1,
      rpush: 1,
      pexpire: 1,
      xadd: 1,
      spublish: 1,
    });
    expect(custos['ler sem nada de novo']?.comandos).toEqual({ evalsha: 1, time: 1, hexists: 1, hget: 1, xrange: 3 });
    expect(custos['identificar']?.comandos).toMatchObject({ evalsha: 1, time: 1, zadd: 1 });
  });

  test.each<[string, Partial<Tamanho>]>([
    ['com 2.000 mensagens em vez de 10', { historia: 2_000 }],
    ['com 200 pessoas na sala em vez de 5', { pessoas: 200 }],
    ['com 200 salas em vez de uma', { salas: 200 }],
  ])('%s, custa o mesmo', async (_, maior) => {
    await medirTudo(PEQUENO);
    await um.esvaziar();
    const pequeno = await medirTudo(PEQUENO);
    await um.esvaziar();
    expect(await medirTudo({ ...PEQUENO, ...maior })).toEqual(pequeno);
  });

  test('uma mensagem a quem espera: um aviso para todos os servidores, e uma leitura de cada um que acorda', async () => {
    const { Ana } = await encher({ ...PEQUENO, pessoas: 30 });
    const esperam = (await store.sessoes()).map(({ id }) => ({
      sessaoId: id,
      nomeSala: 'Geral',
      desde: Number.MAX_SAFE_INTEGER,
    }));
    for (const servidor of [store, outro]) await servidor.ler({ ...(esperam[0] as Leitura), acompanhar: true });
    avisados = [0, 0];
    const envio = await medir(async () => {
      await enviar(store, Ana, 'a');
      await ate(() => avisados.every((quantos) => quantos === 1), 'os avisos chegarem');
    });
    expect(envio.idas).toEqual(['prepararEnvio', 'enviarNaSala']);
    expect(envio.comandos).toMatchObject({ spublish: 1, evalsha: 2 });
    const leituras = await medir(() => Promise.all(esperam.map((leitura) => store.ler(leitura))));
    expect(leituras.idas).toEqual(Array(30).fill('lerDaSala'));
    expect(leituras.comandos).toMatchObject({ evalsha: 30, xrange: 90 });
  });
});
