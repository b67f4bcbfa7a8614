/** O que os testes do store no Redis usam: vários servidores com o mesmo tempo, que o teste faz passar, e os que morrem. */

import type { Redis } from '../../../../scripts/comum/redis.ts';
import type { OpcoesDoRedis, RedisConnection } from '../../../../src/redis/connection.ts';
import { RedisIndisponivel } from '../../../../src/redis/redis-error.ts';
import { RelogioDividido } from '../../../../src/redis/relogio-dividido.ts';
import type { Prazos } from '../../../../src/store/prazos.ts';
import { DIREITOS } from '../../../../src/store/redis/direitos.ts';
import { RELOGIO } from '../../../../src/store/redis/formato/chaves.ts';
import { abrirSobre } from '../../../../src/store/redis/open.ts';
import { type BaseDoStore, RedisStore } from '../../../../src/store/redis/store.ts';
import type { OpcoesDoStore } from '../../../../src/store/store.ts';
import { opcoesDoStore, PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { conectarSemPressa } from '../../../suporte/redis/redis-sem-pressa.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

/** Menos que uma interrupção, com os prazos destes testes. */
const PASSO_MS = 20_000;

export function conectar({ url }: Redis, opcoes: Partial<OpcoesDoRedis> = {}): Promise<RedisConnection> {
  return conectarSemPressa({ urls: url.split(','), ...opcoes }, DIREITOS);
}

export interface StoreNoRedis extends AsyncDisposable {
  readonly redis: RedisConnection;
  readonly store: RedisStore;
}

interface ComoAbrir {
  readonly historia?: number;
  readonly opcoes?: Partial<OpcoesDoStore>;
}

/** Um servidor com a sua conexão e o seu relógio. */
export async function abrirStore(redis: Redis, { historia = 10_000, opcoes }: ComoAbrir = {}): Promise<StoreNoRedis> {
  const conexao = await conectar(redis);
  const store = await abrirSobre(conexao, historia, opcoesDoStore(opcoes));
  return { redis: conexao, store, [Symbol.asyncDispose]: () => store.close() };
}

/** Vários servidores sobre o mesmo Redis, com um relógio só, que anda quando o teste manda. */
export interface Frota extends AsyncDisposable {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDeTeste;
  readonly base: BaseDoStore;
  /** O primeiro deles. */
  readonly store: RedisStore;
  /** @param redis no lugar da conexão de todos */
  readonly outro: (redis?: RedisConnection, opcoes?: Partial<OpcoesDoStore>) => RedisStore;
  /** Um servidor que morre depois de tantos comandos. @returns se acabou o que fazia antes de morrer */
  readonly agirEMorrer: (
    agir: (store: RedisStore, base: BaseDoStore) => Promise<unknown>,
    comandos: number,
  ) => Promise<boolean>;
  /** Passa tempo como ele passa nos servidores: com uma varredura do primeiro a cada poucos segundos. */
  readonly passar: (ms: number) => Promise<void>;
  /** O Redis fica vazio, e o relógio segue de onde estava. */
  readonly esvaziar: () => Promise<void>;
}

export async function abrirFrota(redis: Redis, prazos: Partial<Prazos> = {}, historia = 10_000): Promise<Frota> {
  const conexao = await conectar(redis);
  const relogio = relogioDeTeste();
  const dividido = await RelogioDividido.abrir({
    redis: conexao,
    chave: RELOGIO,
    monotonicoMs: relogio.monotonicoMs,
    interrupcaoMs: 2 * PASSO_MS,
  });
  const base = { redis: conexao, relogio: dividido, historia };
  const abertos: RedisStore[] = [];
  const outro: Frota['outro'] = (porOnde = conexao, opcoes = {}) => {
    const todas = opcoesDoStore({ clock: relogio, prazos: { ...PRAZOS_LONGOS, ...prazos }, ...opcoes });
    const store = new RedisStore({ ...base, redis: semFechar(porOnde) }, todas);
    abertos.push(store);
    return store;
  };
  const store = outro();
  return {
    redis: conexao,
    relogio,
    base,
    store,
    outro,
    agirEMorrer: async (agir, comandos) => {
      const mortal = queMorreDepoisDe(conexao, comandos);
      const store = outro(mortal);
      try {
        await agir(store, { ...base, redis: mortal });
        return true;
      } catch (erro) {
        const morreu = erro instanceof RedisIndisponivel || (erro as { tipo?: string }).tipo === 'SERVICO_INDISPONIVEL';
        if (!morreu) throw erro;
        return false;
      } finally {
        await store.close();
      }
    },
    passar: async (ms) => {
      for (let faltamMs = ms; faltamMs > 0; faltamMs -= PASSO_MS) {
        relogio.avancar(Math.min(PASSO_MS, faltamMs));
        await store.varrer();
      }
    },
    esvaziar: async () => {
      await redis.esvaziar();
      // O que vem depois não se confunde com o que havia.
      relogio.avancar(1_000);
      await dividido.acertar();
    },
    [Symbol.asyncDispose]: async () => {
      for (const aberto of abertos) await aberto.close();
      await conexao.close();
    },
  };
}

/** Uma conexão que o teste põe no lugar da verdadeira: vê cada comando antes que vá. */
export function interceptar(redis: RedisConnection, antes: (comando: string) => Promise<void> | void): RedisConnection {
  return emLugarDe(redis, (propriedade, original) => {
    if (propriedade === 'executar') {
      return async (script: { nome: string }, ...resto: unknown[]) => {
        await antes(script.nome);
        return original(script, ...resto);
      };
    }
    if (propriedade !== 'comando') return original;
    return async (ler: unknown, chave: unknown, comando: string, ...resto: unknown[]) => {
      await antes(comando);
      return original(ler, chave, comando, ...resto);
    };
  });
}

/** O mesmo Redis, para um processo que morre: depois de tantos comandos, nada mais sai dele. */
function queMorreDepoisDe(redis: RedisConnection, comandos: number): RedisConnection {
  let restam = comandos;
  return interceptar(redis, (comando) => {
    restam -= 1;
    if (restam < 0) throw new RedisIndisponivel(`morto antes de ${comando}`);
  });
}

type Metodo = (...argumentos: unknown[]) => unknown;

/** @param trocar recebe cada método, e dá o que fica no lugar dele */
export function emLugarDe(
  redis: RedisConnection,
  trocar: (propriedade: string | symbol, original: Metodo) => unknown,
): RedisConnection {
  return new Proxy(redis, {
    get(alvo, propriedade) {
      const valor = Reflect.get(alvo, propriedade, alvo);
      return typeof valor === 'function' ? trocar(propriedade, valor.bind(alvo)) : valor;
    },
  });
}

/** A mesma conexão, para um store que não a fecha quando se fecha. */
export function semFechar(redis: RedisConnection): RedisConnection {
  return emLugarDe(redis, (propriedade, original) => (propriedade === 'close' ? async () => {} : original));
}
