/**
 * O que cada chamada pede ao Redis, contado por ele: comandos, não tempos. Não cresce com a história, nem com quem está
 * na sala, nem com as salas que há.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { RedisIndisponivel } from '../../../../src/redis/redis-error.ts';
import type { RedisStore } from '../../../../src/store/redis/store.ts';
import type { Leitura, Sessao } from '../../../../src/store/store.ts';
import { PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { criarSala, entrar, enviar, hashDe, recusa, registrar, reunir } from '../conformidade/apoio.ts';
import { abrirFrota, emLugarDe, type Frota, interceptar } from './apoio.ts';

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
  /** A última mensagem de que o primeiro servidor foi avisado: o aviso de uma anterior pode chegar tarde. */
  let avisadoDe = 0;
  /** A mensagem cujo aviso não chega ao primeiro servidor. */
  const PERDIDA = 'perdida';
  beforeAll(async () => {
    redis = await iniciarRedis();
    // O que roda por si, de tempos em tempos, não é de nenhuma chamada: aqui não roda.
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'clearTimeout'] });
    um = await abrirFrota(redis);
    const surda = emLugarDe(um.redis, (propriedade, original) => {
      if (propriedade !== 'assinar') return original;
      return (canal: string, ouvinte: (texto: string) => void) =>
        original(canal, (texto: string) => {
          if (!texto.includes(PERDIDA)) ouvinte(texto);
        });
    });
    const contada = interceptar(surda, (comando) => {
      idas.push(comando);
    });
    idas = [];
    store = um.outro(contada, {
      prazos: PRAZOS_LONGOS,
      aoGravar: ({ mensagemId }) => {
        avisadoDe = mensagemId;
      },
    });
    outro = um.outro(um.redis, { prazos: PRAZOS_LONGOS });
    vi.useRealTimers();
  });
  afterAll(async () => {
    await um?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    idas = [];
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
    // Uma depois da outra: cada entrada tem um prazo de verdade, e todas juntas esperariam umas pelas outras.
    for (let numero = 0; numero < pessoas - 2; numero += 1) {
      await entrar(store, await registrar(store, `P${numero}`), 'Geral');
    }
    await Promise.all(Array.from({ length: salas - 1 }, (_, numero) => criarSala(store, Ana, `Sala ${numero}`)));
    await Promise.all(
      Array.from({ length: historia }, (_, numero) =>
        enviar(store, numero % 2 ? Ana : Pedro, `${numero}`, numero % 4 ? {} : { destinatario: 'Ana' }),
      ),
    );
    return { Ana, Pedro };
  }

  /** Até que a janela tenha a última mensagem, que quem lê já conhece: os avisos chegam quando chegam. */
  async function seguirAte(leitura: Leitura & { readonly desde: number }): Promise<void> {
    await ate(async () => {
      idas = [];
      const { mensagens } = await store.ler({ ...leitura, desde: leitura.desde - 1, acompanhar: true });
      return mensagens.length === 1 && idas.length === 0;
    }, 'a janela seguir a sala');
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
    await seguirAte(leitura);
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
      'enviar sem chave': ['enviarDeUmaVez'],
      'enviar com chave': ['enviarDeUmaVez'],
      'enviar de novo com a mesma chave': ['enviarDeUmaVez'],
      'enviar privada': ['HGET', 'enviarDeUmaVez'],
      'ler sem nada de novo': ['lerDaSala'],
      'esperar onde já se espera': [],
      'ler uma mensagem': ['lerDaSala'],
      'ler as últimas': ['lerDaSala'],
    });
    expect(custos['enviar com chave']?.comandos).toEqual({
      evalsha: 1,
      time: 1,
      hget: 6,
      hmget: 1,
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
    expect(custos['ler sem nada de novo']?.comandos).toEqual({ evalsha: 1, time: 1, hexists: 1, hmget: 1 });
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

  test('procurar quem tem um prazo vencido custa um comando, uma vez por segundo, com duas passadas nele', async () => {
    const procuras = async () => {
      idas = [];
      await store.varrer();
      return idas.filter((ida) => ida === 'lerVencidas').length;
    };
    um.relogio.avancar(1_000);
    expect(await procuras()).toBe(1);
    um.relogio.avancar(500);
    expect(await procuras()).toBe(0);
    um.relogio.avancar(500);
    expect(await procuras()).toBe(1);
  });

  test('uma procura que falha se repete já na passada seguinte', async () => {
    let falha = true;
    const recusado = interceptar(um.redis, (comando) => {
      if (comando === 'lerVencidas') idas.push(comando);
      if (comando === 'lerVencidas' && falha) throw new RedisIndisponivel('LOADING');
    });
    const dele = um.outro(recusado);
    // O que ele faz por si, de tempos em tempos, se contaria nos testes seguintes.
    onTestFinished(() => dele.close());
    um.relogio.avancar(1_000);
    await recusa(dele.varrer(), 'SERVICO_INDISPONIVEL');
    [falha, idas] = [false, []];
    um.relogio.avancar(500);
    await dele.varrer();
    expect(idas).toEqual(['lerVencidas']);
  });

  describe('quem espera', () => {
    /** Tantas pessoas que esperam num servidor, cada uma com o cursor no fim da sala. */
    async function esperarCom(pessoas: number, historia = 10): Promise<{ Ana: Sessao; esperam: Leitura[] }> {
      const { Ana } = await encher({ ...PEQUENO, historia, pessoas });
      const desde = (await enviar(outro, Ana, 'última')).mensagem.id;
      const todas = await store.sessoes();
      const esperam = todas.map(({ id }) => ({ sessaoId: id, nomeSala: 'Geral', desde, acompanhar: true }));
      for (const leitura of esperam) await store.ler(leitura);
      await seguirAte({ sessaoId: Ana.id, nomeSala: 'Geral', desde });
      return { Ana, esperam };
    }

    /** O que custa uma mensagem que chega de outro servidor a todos eles, e que cada um volte a esperar. */
    async function entregar(pessoas: number): Promise<Custo> {
      const { Ana, esperam } = await esperarCom(pessoas);
      return medir(async () => {
        const { mensagem } = await enviar(outro, Ana, 'a');
        await ate(() => avisadoDe === mensagem.id, 'o aviso chegar');
        const lidas = await Promise.all(esperam.map((leitura) => store.ler(leitura)));
        expect(lidas).toEqual(Array(pessoas).fill({ mensagens: [mensagem] }));
        const seguintes = await Promise.all(esperam.map((leitura) => store.ler({ ...leitura, desde: mensagem.id })));
        expect(seguintes).toEqual(Array(pessoas).fill({ mensagens: [] }));
      });
    }

    test('uma mensagem custa o mesmo a 10 e a 200 que esperam num servidor: só o envio', async () => {
      await entregar(10);
      await um.esvaziar();
      const a10 = await entregar(10);
      await um.esvaziar();
      const a200 = await entregar(200);
      expect(a200).toEqual(a10);
      expect(a200.idas).toEqual([]);
      expect(a200.comandos).toMatchObject({ evalsha: 1, xadd: 1, spublish: 1 });
      expect(a200.comandos).not.toHaveProperty('xrange');
    });

    test('esperar de novo onde o servidor já segue a sala não pede nada, nem de quem chega com o cursor mais atrás', async () => {
      const { esperam } = await esperarCom(30, 100);
      const custo = await medir(async () => {
        for (const leitura of esperam) expect((await store.ler(leitura)).mensagens).toEqual([]);
        const [uma] = esperam as [Leitura];
        const desde = (uma.desde as number) - 1;
        expect((await store.ler({ ...uma, desde })).mensagens).toHaveLength(1);
      });
      expect(custo).toEqual({ idas: [], comandos: {} });
    });

    test('uma espera que acaba sem nada e a seguinte, de quem o servidor já conhece, não pedem nada', async () => {
      const { Ana, esperam } = await esperarCom(10);
      const token = hashDe('token de Ana');
      const [leitura] = esperam.filter(({ sessaoId }) => sessaoId === Ana.id) as [Leitura];
      await store.reconhecer(token);
      await ate(async () => {
        idas = [];
        await store.reconhecer(token);
        return idas.length === 0;
      }, 'o canal dos fins ser ouvido');
      const custo = await medir(async () => {
        for (let vez = 0; vez < 3; vez += 1) {
          expect(await store.reconhecer(token)).toEqual({ id: Ana.id, nome: 'Ana' });
          expect((await store.ler(leitura)).mensagens).toEqual([]);
          store.renovar(Ana.id);
        }
      });
      expect(custo).toEqual({ idas: [], comandos: {} });
    });

    test('os sinais de vida vão juntos, uma vez por segundo, num comando', async () => {
      const { esperam } = await esperarCom(30);
      const sinais = async () => {
        for (const { sessaoId } of esperam) store.renovar(sessaoId);
        idas = [];
        await store.varrer();
        return idas.filter((ida) => ida === 'renovarPresencas').length;
      };
      um.relogio.avancar(1_000);
      expect(await sinais()).toBe(1);
      um.relogio.avancar(999);
      expect(await sinais()).toBe(0);
      um.relogio.avancar(1);
      expect(await sinais()).toBe(1);
    });

    test('quando algo se perdeu, a sala se lê uma vez, para todos os que esperam', async () => {
      const { Ana, esperam } = await esperarCom(30);
      const outras = [PERDIDA, 'também'];
      const custo = await medir(async () => {
        for (const conteudo of outras) await enviar(outro, Ana, conteudo);
        await ate(() => idas.includes('retratarSala'), 'a segunda mostrar que falta a primeira');
        const lidas = await Promise.all(esperam.map((leitura) => store.ler(leitura)));
        for (const { mensagens } of lidas) expect(mensagens.map(({ conteudo }) => conteudo)).toEqual(outras);
      });
      expect(custo.idas).toEqual(['retratarSala']);
    });
  });
});
