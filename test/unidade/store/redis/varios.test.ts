/** Vários servidores sobre os mesmos dados, num Redis e num cluster: o que um faz, os outros veem; e o que fica lá. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { Avisos } from '../../../../src/store/redis/avisos.ts';
import { chavesDaSala } from '../../../../src/store/redis/chaves.ts';
import { RedisStore } from '../../../../src/store/redis/store.ts';
import type { Gravada, Sessao } from '../../../../src/store/store.ts';
import {
  AGORA_MS,
  entrar,
  enviar,
  hashDe,
  ler,
  limparTudo,
  recusa,
  registrar,
  reunir,
  textos,
} from '../conformidade.ts';
import { abrirStore, interceptar, type StoreNoRedis } from './apoio.ts';

const HISTORIA = 100;
/** O Redis corta a história aos pedaços, para não reescrever um a cada mensagem: quanto pode sobrar. */
const PEDACO = 100;

/** O que este store avisa da sala, a partir de agora: do que ela já tem, um aviso pode ainda vir a caminho. */
async function ouvir({ store }: StoreNoRedis, { id }: Sessao): Promise<Gravada[]> {
  const { mensagens } = await store.ler({ sessaoId: id, nomeSala: 'Geral', desde: undefined, acompanhar: true });
  const ultimo = (mensagens.at(-1) as Mensagem).id;
  const gravadas: Gravada[] = [];
  store.aoGravar((gravada) => {
    if (gravada.mensagemId > ultimo) gravadas.push(gravada);
  });
  return gravadas;
}

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster de três mestres', iniciarCluster],
])(`vários servidores sobre %s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  let um: StoreNoRedis;
  let dois: StoreNoRedis;
  beforeAll(async () => {
    redis = await iniciar();
    um = await abrirStore(redis, { historia: HISTORIA });
    dois = await abrirStore(redis, { historia: HISTORIA });
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await dois?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.esvaziar());

  describe('os avisos', () => {
    test('quem espera em qualquer um sabe do que passa por outro, na ordem dos ids', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const [noUm, noDois] = [await ouvir(um, Ana), await ouvir(dois, Pedro)];
      for (let numero = 0; numero < 5; numero += 1) await enviar(numero % 2 ? um.store : dois.store, Ana, `${numero}`);
      for (const gravadas of [noUm, noDois]) {
        await ate(() => gravadas.length >= 5, 'os avisos chegarem');
        expect(gravadas.map(({ mensagemId }) => mensagemId)).toEqual([3, 4, 5, 6, 7]);
        expect(gravadas.map(({ visivelPara }) => visivelPara)).toEqual(Array(5).fill('todos'));
      }
    });

    test('de uma privada, só nomeiam quem a pode ver', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro', 'Caio');
      const gravadas = await ouvir(dois, Ana);
      await enviar(um.store, Ana, 'segredo', { destinatario: 'Pedro' });
      await enviar(um.store, Ana, 'nota', { destinatario: 'Ana' });
      await enviar(um.store, Ana, 'fim');
      await ate(() => gravadas.length >= 3, 'os avisos chegarem');
      expect(gravadas.map(({ visivelPara }) => visivelPara)).toEqual([[Ana.id, Pedro.id], [Ana.id], 'todos']);
    });

    test('de entradas e saídas também, e só de salas que se acompanham', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await reunir(um.store, 'Outra', 'Bia');
      const gravadas = await ouvir(dois, Ana);
      const Caio = await registrar(um.store, 'Caio');
      await entrar(um.store, Caio, 'Outra');
      await entrar(um.store, Caio, 'Geral');
      await um.store.sair(Caio.id, AGORA_MS);
      await ate(() => gravadas.length >= 2, 'os avisos chegarem');
      expect(gravadas).toEqual([2, 3].map((mensagemId) => ({ sala: 'geral', mensagemId, visivelPara: 'todos' })));
    });

    describe('que se perdem', () => {
      let avisos: Avisos;
      let gravadas: Gravada[];
      let receber: (texto: string) => void;
      let falhas: unknown[];

      /** Uma conexão que só entrega os avisos que o teste deixa passar. */
      async function acompanhar(perdem: (texto: string) => boolean): Promise<void> {
        const surda = new Proxy(dois.redis, {
          get(alvo, propriedade) {
            const valor = Reflect.get(alvo, propriedade, alvo);
            if (propriedade !== 'assinar') return typeof valor === 'function' ? valor.bind(alvo) : valor;
            return async (canal: string, ouvinte: (texto: string) => void) => {
              receber = ouvinte;
              await alvo.assinar(canal, (texto) => {
                if (!perdem(texto)) ouvinte(texto);
              });
            };
          },
        });
        [gravadas, falhas] = [[], []];
        avisos = new Avisos(surda, (erro) => falhas.push(erro));
        avisos.ouvir((gravada) => gravadas.push(gravada));
        await avisos.acompanhar('geral');
      }

      test('a ronda os supre, quando já faltavam na anterior, e uma vez só', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana');
        await acompanhar(() => true);
        await enviar(um.store, Ana, 'perdida');
        await avisos.rondar();
        expect(gravadas).toEqual([]);
        for (let ronda = 0; ronda < 3; ronda += 1) await avisos.rondar();
        avisos.close();
        expect(gravadas).toEqual([{ sala: 'geral', mensagemId: 2, visivelPara: 'todos' }]);
      });

      test('e o seguinte, que chega e não é para quem esperava pelo perdido, acorda todos', async () => {
        const { Ana } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
        await acompanhar((texto) => !texto.startsWith('4 '));
        await enviar(um.store, Ana, 'perdida');
        await enviar(um.store, Ana, 'só de Pedro', { destinatario: 'Pedro' });
        await ate(() => gravadas.length > 0, 'o aviso chegar');
        await avisos.rondar();
        avisos.close();
        expect(gravadas).toEqual([{ sala: 'geral', mensagemId: 4, visivelPara: 'todos' }]);
      });

      test('um ouvinte que falha não estraga os seguintes', async () => {
        await reunir(um.store, 'Geral', 'Ana');
        await acompanhar(() => true);
        avisos.ouvir(() => {
          throw new Error('de propósito');
        });
        receber('2 todos');
        receber('3 todos');
        avisos.close();
        expect(falhas).toHaveLength(2);
      });
    });

    test('com as conexões cortadas, voltam por si, e o que passou no meio se sabe', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const gravadas = await ouvir(dois, Pedro);
      await redis.emTodos('CLIENT', 'KILL', 'TYPE', 'pubsub');
      const { mensagem } = await enviar(um.store, Ana, 'no meio');
      await ate(() => gravadas.some(({ mensagemId }) => mensagemId >= mensagem.id), 'a ronda ou o canal avisar');
      await ate(async () => {
        const { mensagem } = await enviar(um.store, Ana, 'depois');
        await new Promise((resolve) => setImmediate(resolve));
        return gravadas.some(({ mensagemId }) => mensagemId === mensagem.id);
      }, 'o canal voltar');
    });
  });

  describe('uma conversa por dois servidores', () => {
    test('tem uma só ordem, e cada um lê o mesmo', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const enviadas = await Promise.all(
        Array.from({ length: 20 }, (_, numero) =>
          enviar(numero % 2 ? um.store : dois.store, numero % 3 ? Ana : Pedro, `${numero}`),
        ),
      );
      const ids = enviadas.map(({ mensagem }) => mensagem.id).sort((a, b) => a - b);
      expect(ids).toEqual(Array.from({ length: 20 }, (_, numero) => numero + 3));
      expect(await ler(um.store, Ana, 2)).toEqual(await ler(dois.store, Pedro, 2));
      expect((await ler(um.store, Ana, 2)).map(({ id }) => id)).toEqual(ids);
    });

    test('os limites contam o que passa por todos', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const limite = { maximo: 4, janelaMs: 60_000 };
      const tentativas = await Promise.allSettled(
        Array.from({ length: 10 }, (_, numero) => enviar(numero % 2 ? um.store : dois.store, Ana, 'a', { limite })),
      );
      expect(tentativas.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      const registros = await Promise.allSettled(
        Array.from({ length: 10 }, (_, numero) =>
          (numero % 2 ? um : dois).store.registrar(
            { nome: `P${numero}`, tokenHash: hashDe(`${numero}`), rede: '10.0.0.0' },
            limite,
          ),
        ),
      );
      expect(registros.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      const salas = ['A', 'B', 'C', 'D', 'E', 'F'].map((nome, indice) =>
        (indice % 2 ? um : dois).store.criarSala(Ana.id, nome, limite),
      );
      expect((await Promise.allSettled(salas)).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    });

    test('o mesmo nome registrado em dois ao mesmo tempo é de um só; a mesma sala criada, também', async () => {
      for (const nome of ['A', 'B', 'C']) {
        const registros = await Promise.allSettled(
          [um, dois].map(({ store }, indice) => store.registrar({ nome, tokenHash: hashDe(`${nome}${indice}`) })),
        );
        expect(registros.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      }
      const [{ id }] = (await um.store.sessoes()) as [Sessao];
      const salas = await Promise.allSettled([um, dois].map(({ store }) => store.criarSala(id, 'Geral')));
      expect(salas.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('a idempotency key', () => {
    const limite = { maximo: 2, janelaMs: 60_000 };

    test('em dois servidores ao mesmo tempo, grava uma vez, e ocupa um lugar no limite', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const enviadas = await Promise.all(
        [um, dois].map(({ store }) => enviar(store, Ana, 'uma vez', { chave: 'k', limite })),
      );
      expect(enviadas[0]?.mensagem).toEqual(enviadas[1]?.mensagem);
      expect(enviadas.map(({ repetida }) => repetida).sort()).toEqual([false, true]);
      expect(textos(await ler(um.store, Ana, 1))).toEqual(['uma vez']);
      await enviar(um.store, Ana, 'cabe', { limite });
      await recusa(enviar(dois.store, Ana, 'não cabe', { limite }), 'LIMITE_EXCEDIDO');
      expect(await enviar(dois.store, Ana, 'uma vez', { chave: 'k', limite })).toMatchObject({ repetida: true });
    });

    test('usada, vale também quando se insiste de outra sala', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.criarSala(Ana.id, 'Outra');
      const { mensagem } = await enviar(um.store, Ana, 'uma vez', { chave: 'k' });
      await entrar(um.store, Ana, 'Outra');
      expect(await enviar(dois.store, Ana, 'uma vez', { chave: 'k', nomeSala: 'Outra' })).toEqual({
        mensagem,
        repetida: true,
      });
    });

    test('recusada em duas salas, serve em qualquer uma delas', async () => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      await um.store.criarSala(Ana.id, 'Outra');
      await um.store.sair(Ana.id, AGORA_MS);
      for (const nomeSala of ['Geral', 'Outra', 'Geral', 'Outra']) {
        await recusa(enviar(um.store, Ana, 'a', { chave: 'k', nomeSala }), 'FORA_DA_SALA');
      }
      await entrar(um.store, Ana, 'Geral');
      expect(await enviar(dois.store, Ana, 'a', { chave: 'k' })).toMatchObject({ repetida: false });
      expect(await enviar(um.store, Ana, 'a', { chave: 'k', nomeSala: 'Outra' })).toMatchObject({ repetida: true });
    });

    test('um envio que se atrasa enquanto a chave passa a outra sala não grava uma segunda mensagem', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      await um.store.criarSala(Ana.id, 'Outra');
      const lento = interceptar(um.redis, async (comando) => {
        if (comando !== 'enviarNaSala') return;
        await entrar(dois.store, Ana, 'Outra');
        expect(await enviar(dois.store, Ana, 'a', { chave: 'k', nomeSala: 'Outra' })).toMatchObject({
          repetida: false,
        });
        await entrar(dois.store, Ana, 'Geral');
      });
      await recusa(enviar(new RedisStore(lento, HISTORIA, () => {}), Ana, 'a', { chave: 'k' }), 'SERVICO_INDISPONIVEL');
      expect(textos(await ler(um.store, Pedro, 2))).not.toContain('a');
      expect(await enviar(um.store, Ana, 'a', { chave: 'k' })).toMatchObject({ repetida: true });
    });
  });

  describe('um comando preso num Redis congelado não age quando ele acorda', () => {
    /** O Redis congela logo antes de um passo; solta-se quando o servidor já desistiu dele. */
    async function congelarEm(passo: string, agir: (store: RedisStore) => Promise<unknown>): Promise<void> {
      const preso = interceptar(um.redis, async (comando) => {
        if (comando === passo) await redis.congelar();
      });
      try {
        await recusa(agir(new RedisStore(preso, HISTORIA, () => {})), 'SERVICO_INDISPONIVEL');
      } finally {
        redis.soltar();
      }
      // O que estava na mesma conexão já foi respondido quando isto o é.
      await ate(() => um.store.sessoes().catch(() => undefined), 'o Redis voltar a responder');
    }

    test.each([
      ['enviar uma mensagem', 'enviarNaSala', (store: RedisStore, ana: Sessao) => enviar(store, ana, 'recusada')],
      ['criar uma sala', 'criarNoIndice', (store: RedisStore, { id }: Sessao) => store.criarSala(id, 'Recusada')],
      ['registrar', 'registrarSessao', (store: RedisStore) => registrar(store, 'Recusado')],
      ['sair', 'iniciarMovimento', (store: RedisStore, { id }: Sessao) => store.sair(id, AGORA_MS)],
    ])('%s', async (_, passo, agir) => {
      const { Ana } = await reunir(um.store, 'Geral', 'Ana');
      const antes = [await um.store.sessoes(), await um.store.listarSalas(), await ler(um.store, Ana)];
      await congelarEm(passo, (store) => agir(store, Ana));
      expect([await um.store.sessoes(), await um.store.listarSalas(), await ler(um.store, Ana)]).toEqual(antes);
    });
  });

  describe('o que fica no Redis', () => {
    test('a história é cortada, e ficam as mais novas; as privadas de cada um também', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const total = 3 * HISTORIA;
      for (let numero = 0; numero < total; numero += 20) {
        const privada = { destinatario: 'Ana' };
        await Promise.all(
          Array.from({ length: 20 }, (_, indice) => [
            enviar(um.store, Ana, `${numero + indice}`),
            enviar(dois.store, Pedro, `p${numero + indice}`, privada),
          ]).flat(),
        );
      }
      const ultimo = 2 + 2 * total;
      const { mensagens } = chavesDaSala('geral');
      const privadas = [Ana, Pedro].map(({ id }) => `chat:{s:geral}:privadas:${id}`);
      for (const chave of [mensagens, ...privadas]) {
        const quantas = Number(await um.redis.comando(chave, 'XLEN', chave));
        expect(quantas, chave).toBeGreaterThanOrEqual(HISTORIA);
        expect(quantas, chave).toBeLessThan(HISTORIA + PEDACO);
      }
      const lidas = await ler(um.store, Ana);
      expect(lidas).toHaveLength(50);
      expect(lidas.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, indice) => ultimo - 49 + indice));
      expect((await ler(dois.store, Ana, ultimo - 10)).length).toBe(10);
      // Quem lê desde o começo recebe o que há, em ordem.
      const [primeira] = await ler(dois.store, Ana, 0);
      expect(primeira?.id).toBeGreaterThan(2);
    });

    test('o que é de um momento tem prazo: limites, chaves, a reserva de um nome', async () => {
      const limite = { maximo: 5, janelaMs: 60_000 };
      const Ana = await um.store.registrar(
        { nome: 'Ana', tokenHash: hashDe('token de Ana'), rede: '10.0.0.0' },
        limite,
      );
      await um.store.criarSala(Ana.id, 'Geral', limite);
      await um.store.criarSala(Ana.id, 'Outra');
      await um.store.entrar({ sessaoId: Ana.id, nomeSala: 'Geral', agoraMs: AGORA_MS, limite });
      await enviar(um.store, Ana, 'a', { chave: 'k', limite });
      await recusa(enviar(um.store, Ana, 'a', { chave: 'l', nomeSala: 'Outra', limite }), 'FORA_DA_SALA');
      await enviar(um.store, Ana, 'a', { chave: 'l', limite });
      const passageiras = /:(ritmo|registros|uso|envio)\b/;
      const prazos = await prazosDasChaves();
      expect([...prazos.keys()].filter((chave) => passageiras.test(chave)).length).toBeGreaterThanOrEqual(6);
      for (const [chave, prazo] of prazos) {
        if (passageiras.test(chave)) {
          expect(prazo, chave).toBeGreaterThan(0);
          expect(prazo, chave).toBeLessThanOrEqual(3_600_000);
        } else expect(prazo, chave).toBe(-1);
      }
    });

    test('quem se foi não deixa as suas privadas nas salas por que passou; os outros ainda têm as deles', async () => {
      const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
      const Caio = await registrar(um.store, 'Caio');
      await um.store.criarSala(Caio.id, 'Outra');
      await enviar(um.store, Ana, 'a Pedro', { destinatario: 'Pedro' });
      for (const { id } of [Pedro, Caio, Ana]) {
        await dois.store.entrar({ sessaoId: id, nomeSala: 'Outra', agoraMs: AGORA_MS });
      }
      await enviar(um.store, Pedro, 'a Ana', { destinatario: 'Ana', nomeSala: 'Outra' });
      await entrar(um.store, Pedro, 'Geral');
      const comPrivadas = async () =>
        [...(await prazosDasChaves()).keys()].filter((chave) => chave.includes(':privadas:')).sort();
      expect(await comPrivadas()).toHaveLength(4);
      await dois.store.encerrar(Pedro.id, AGORA_MS);
      expect(await comPrivadas()).toEqual(['geral', 'outra'].map((sala) => `chat:{s:${sala}}:privadas:${Ana.id}`));
      expect(textos(await ler(um.store, Ana, undefined, 'Outra'))).toContain('a Ana');
      for (const sala of ['geral', 'outra']) {
        const chave = chavesDaSala(sala).comPrivadas;
        expect(await um.redis.comando(chave, 'SMEMBERS', chave)).toEqual([`${Ana.id}`]);
      }
      await dois.store.encerrar(Ana.id, AGORA_MS);
      expect(await comPrivadas()).toEqual([]);
    });

    test('quando todos se foram e as salas também, só ficam contadores, e o que tem prazo', async () => {
      for (let vez = 0; vez < 2; vez += 1) {
        const { Ana, Pedro } = await reunir(um.store, 'Geral', 'Ana', 'Pedro');
        const Caio = await registrar(dois.store, 'Caio');
        await dois.store.criarSala(Caio.id, 'Outra');
        await entrar(dois.store, Caio, 'Outra');
        await enviar(um.store, Ana, 'a', { chave: 'k' });
        await enviar(um.store, Ana, 'p', { destinatario: 'Pedro' });
        await enviar(dois.store, Pedro, 'q', { destinatario: 'Ana', chave: 'k' });
        await entrar(dois.store, Pedro, 'Outra');
        for (const { id } of [Ana, Pedro, Caio]) await dois.store.encerrar(id, AGORA_MS);
        for (const sala of await um.store.salasVazias()) expect(await um.store.removerSalaVazia(sala)).toBe(true);
        await limparTudo(um.store);
      }
      const paraSempre = [...(await prazosDasChaves())].filter(([, prazo]) => prazo === -1).map(([chave]) => chave);
      expect(paraSempre.filter((chave) => !/^chat:\{p\d+\}:contador$/.test(chave)).sort()).toEqual([
        'chat:{nomes}:versao',
        'chat:{salas}:contador',
        'chat:{salas}:piso',
      ]);
    });
  });

  /** De todos os Redis. @returns cada chave, e em quantos ms acaba; -1 se não acaba */
  async function prazosDasChaves(): Promise<Map<string, number>> {
    const chaves = (await redis.emTodos('KEYS', '*')).flatMap((resposta) => resposta.match(/^chat:.*(?=\r$)/gm) ?? []);
    const prazos = chaves.map(async (chave) => [chave, Number(await um.redis.comando(chave, 'PTTL', chave))] as const);
    return new Map(await Promise.all(prazos));
  }
});
