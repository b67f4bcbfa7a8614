/** Um registro com o tempo na mão do teste: na memória, ou num Redis. */

import { createHash } from 'node:crypto';
import type { Registry } from '../../src/binder/registry.ts';
import { RegistryNaMemoria } from '../../src/binder/registry-memoria.ts';
import { RegistryNoRedis } from '../../src/binder/registry-redis.ts';
import { conectarAoRedis, type RedisConnection } from '../../src/redis/connection.ts';
import type { Script } from '../../src/redis/script.ts';
import type { Redis } from './redis.ts';
import { type RelogioDeTeste, relogioDeTeste } from './relogio.ts';

export interface RegistroDeTeste extends AsyncDisposable {
  readonly registry: Registry;
  readonly relogio: RelogioDeTeste;
  /** Outro binder sobre os mesmos dados; na memória não há, e é este mesmo. */
  readonly outro: Registry;
}

export async function naMemoria(): Promise<RegistroDeTeste> {
  const relogio = relogioDeTeste();
  const registry = new RegistryNaMemoria(relogio);
  return { registry, outro: registry, relogio, [Symbol.asyncDispose]: async () => {} };
}

/** Começa vazio. */
export async function noRedis({ url, esvaziar }: Redis): Promise<RegistroDeTeste> {
  await esvaziar();
  const relogio = relogioDeTeste();
  const urls = url.split(',');
  const abrir = async () => new RegistryNoRedis(comRelogio(await conectarAoRedis({ urls }), relogio));
  const registry = await abrir();
  const outro = await abrir();
  return {
    registry,
    outro,
    relogio,
    [Symbol.asyncDispose]: async () => {
      await registry.close();
      await outro.close();
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
