/** O que os testes do store no Redis têm em comum: stores que morrem no meio, e prazos que acabam sem espera. */

import type { Redis } from '../../../../scripts/comum/redis.ts';
import { conectarAoRedis, type RedisConnection } from '../../../../src/redis/connection.ts';
import { RedisIndisponivel } from '../../../../src/redis/redis-error.ts';
import { chavesDasFaixas, VARREDURA } from '../../../../src/store/redis/chaves.ts';
import type { SessaoNoRedis } from '../../../../src/store/redis/respostas.ts';
import { RedisStore } from '../../../../src/store/redis/store.ts';
import { type PrazosNoRedis, VarreduraNoRedis } from '../../../../src/store/redis/varredura.ts';
import { AGORA_MS } from '../conformidade.ts';
import { listarChaves } from './inteiro.ts';

/** Nenhum destes acaba durante um teste. */
export const PRAZOS_LONGOS: PrazosNoRedis = {
  usuarioAusenteMs: 3_600_000,
  sessaoExpiraMs: 3_600_000,
  salaInativaMs: 3_600_000,
  semChamadaMs: 3_600_000,
};

export function conectar({ url }: Redis): Promise<RedisConnection> {
  return conectarAoRedis({ urls: url.split(',') });
}

export interface StoreNoRedis extends AsyncDisposable {
  readonly redis: RedisConnection;
  readonly store: RedisStore;
}

export async function abrirStore(
  redis: Redis,
  { historia = 10_000, aoFalhar = () => {} }: { historia?: number; aoFalhar?: (erro: unknown) => void } = {},
): Promise<StoreNoRedis> {
  const conexao = await conectar(redis);
  const store = new RedisStore(conexao, historia, aoFalhar);
  return { redis: conexao, store, [Symbol.asyncDispose]: () => store.close() };
}

/** Uma conexão que o teste põe no lugar da verdadeira: vê cada comando antes que vá. */
export function interceptar(redis: RedisConnection, antes: (comando: string) => Promise<void> | void): RedisConnection {
  return new Proxy(redis, {
    get(alvo, propriedade) {
      const valor = Reflect.get(alvo, propriedade, alvo);
      if (typeof valor !== 'function') return valor;
      if (propriedade !== 'executar' && propriedade !== 'comando') return valor.bind(alvo);
      return async (primeiro: { nome: string } | string, ...resto: unknown[]) => {
        await antes(typeof primeiro === 'string' ? String(resto[0]) : primeiro.nome);
        return valor.call(alvo, primeiro, ...resto);
      };
    },
  });
}

/** O mesmo Redis, para um processo que morre: depois de tantos comandos, nada mais sai dele. */
export function queMorreDepoisDe(redis: RedisConnection, comandos: number): RedisConnection {
  let restam = comandos;
  return interceptar(redis, (comando) => {
    restam -= 1;
    if (restam < 0) throw new RedisIndisponivel(`morto antes de ${comando}`);
  });
}

/** Os movimentos deixados no meio já podem ser assumidos: como se o tempo deles tivesse passado. Só de um Redis. */
export async function vencerMovimentos(redis: RedisConnection): Promise<void> {
  const comMovimentos = new Set(await listarChaves(redis, 'chat:{p*}:movimentos'));
  await Promise.all(
    chavesDasFaixas().map(async ({ sessoes, movimentos }) => {
      if (!comMovimentos.has(movimentos)) return;
      for (const id of (await redis.comando(movimentos, 'ZRANGE', movimentos, 0, -1)) as string[]) {
        const sessao = JSON.parse((await redis.comando(sessoes, 'HGET', sessoes, id)) as string) as SessaoNoRedis;
        const movimento = { ...sessao.movimento, ate: 1 };
        await redis.comando(sessoes, 'HSET', sessoes, id, JSON.stringify({ ...sessao, movimento }));
        await redis.comando(movimentos, 'ZADD', movimentos, 1, id);
      }
    }),
  );
}

/** O último sinal de vida de uma sessão foi há tanto tempo. */
export async function envelhecer(
  redis: RedisConnection,
  conjunto: 'presentes' | 'ausentes' | 'novas',
  sessaoId: number,
  haMs: number,
): Promise<void> {
  const chave = chavesDasFaixas()[sessaoId % chavesDasFaixas().length]?.[conjunto] as string;
  await redis.comando(chave, 'ZADD', chave, 'XX', (await horaDoRedis(redis)) - haMs, sessaoId);
}

export async function horaDoRedis(redis: RedisConnection): Promise<number> {
  const [segundos, microssegundos] = (await redis.comando(VARREDURA, 'TIME')) as [string, string];
  return Number(segundos) * 1_000 + Math.floor(Number(microssegundos) / 1_000);
}

/** Até há `haMs` alguém varreu, e sem parar desde o começo dos tempos; ninguém lidera agora. */
export async function varridoSemParar(redis: RedisConnection, haMs = 0): Promise<void> {
  const ultima = (await horaDoRedis(redis)) - haMs;
  await redis.comando(VARREDURA, 'DEL', VARREDURA);
  await redis.comando(VARREDURA, 'HSET', VARREDURA, 'ultima', ultima, 'desde', 0);
}

export function abrirVarredura(
  { redis, store }: Pick<StoreNoRedis, 'redis' | 'store'>,
  prazos: Partial<PrazosNoRedis> = {},
  emEspera: () => Iterable<number> = () => [],
): VarreduraNoRedis {
  return new VarreduraNoRedis({
    redis,
    store,
    prazos: { ...PRAZOS_LONGOS, ...prazos },
    emEspera,
    agoraMs: () => AGORA_MS,
    aoFalhar: (erro) => {
      throw erro;
    },
  });
}

export async function varrer(
  aberto: StoreNoRedis,
  prazos?: Partial<PrazosNoRedis>,
  emEspera?: () => Iterable<number>,
): Promise<void> {
  await abrirVarredura(aberto, prazos, emEspera).varrer();
}
