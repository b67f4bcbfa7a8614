/** Um registro com o tempo na mão do teste: na memória, ou num Redis. */

import { createHash } from 'node:crypto';
import type { Redis } from '../../scripts/comum/redis.ts';
import { MemoryRegistry } from '../../src/binder/registry/memory-registry.ts';
import { RedisRegistry } from '../../src/binder/registry/redis-registry.ts';
import type { Registry } from '../../src/binder/registry/registry.ts';
import { conectarAoRedis, type RedisConnection } from '../../src/redis/connection.ts';
import type { Script } from '../../src/redis/script.ts';
import { type RelogioDeTeste, relogioDeTeste } from './relogio.ts';

export interface RegistroDeTeste {
  readonly registry: Registry;
  readonly relogio: RelogioDeTeste;
  /** Outro binder sobre os mesmos dados; na memória não há, e é este mesmo. */
  readonly outro: Registry;
}

export async function naMemoria(): Promise<RegistroDeTeste> {
  const relogio = relogioDeTeste();
  const registry = new MemoryRegistry(relogio);
  return { registry, outro: registry, relogio };
}

export interface RegistrosNoRedis extends AsyncDisposable {
  /** Um registro vazio, no lugar do de antes. */
  readonly novo: () => Promise<RegistroDeTeste>;
}

/** As conexões, uma por binder, são as mesmas para todos os registros: abri-las custa mais do que um teste. */
export async function registrosNoRedis({ url, esvaziar }: Redis): Promise<RegistrosNoRedis> {
  const conectar = () => conectarAoRedis({ urls: url.split(',') });
  const umBinder = await conectar();
  const outroBinder = await conectar();
  return {
    novo: async () => {
      await esvaziar();
      const relogio = relogioDeTeste();
      const abrir = (redis: RedisConnection) => new RedisRegistry(comRelogio(redis, relogio));
      return { registry: abrir(umBinder), outro: abrir(outroBinder), relogio };
    },
    [Symbol.asyncDispose]: async () => {
      await umBinder.close();
      await outroBinder.close();
    },
  };
}

/** O relógio dos scripts é o do Redis, que ninguém adianta: no teste, cada um leva a hora escrita nele. */
function comRelogio(redis: RedisConnection, relogio: RelogioDeTeste) {
  const naHora = ({ nome, texto }: Script): Script => {
    const agoraMs = relogio.monotonicoMs();
    const hora = `{ ${Math.floor(agoraMs / 1000)}, ${Math.floor((agoraMs % 1000) * 1000)} }`;
    const comHora = texto.replace("redis.call('TIME')", hora);
    if (comHora === texto) throw new Error(`${nome} não lê a hora onde se esperava`);
    return { nome, texto: comHora, sha1: createHash('sha1').update(comHora).digest('hex') };
  };
  return {
    disponivel: true,
    close: () => redis.close(),
    executar: (script: Script, ...resto: [readonly string[], readonly (string | number)[]]) =>
      redis.executar(naHora(script), ...resto),
  };
}
