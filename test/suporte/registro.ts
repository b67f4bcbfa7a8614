/** Um registro com o tempo na mão do teste: na memória, ou num Redis. */

import type { Redis } from '../../scripts/comum/redis.ts';
import { MemoryRegistry } from '../../src/binder/registry/memory-registry.ts';
import { RedisRegistry } from '../../src/binder/registry/redis-registry.ts';
import { DIREITOS } from '../../src/binder/registry/redis-scripts.ts';
import type { Registry } from '../../src/binder/registry/registry.ts';
import type { RedisConnection } from '../../src/redis/connection.ts';
import { conectarSemPressa } from './redis/redis-sem-pressa.ts';
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
  const conectar = () => conectarSemPressa({ urls: url.split(',') }, DIREITOS);
  const conexoes = [await conectar(), await conectar()];
  let abertos: RedisRegistry[] = [];
  const fecharRegistros = () => Promise.all(abertos.map((registry) => registry.close()));
  return {
    novo: async () => {
      await fecharRegistros();
      await esvaziar();
      const relogio = relogioDeTeste();
      abertos = await Promise.all(conexoes.map((conexao) => RedisRegistry.abrir(semFechar(conexao), relogio)));
      const [registry, outro] = abertos as [RedisRegistry, RedisRegistry];
      return { registry, outro, relogio };
    },
    [Symbol.asyncDispose]: async () => {
      await fecharRegistros();
      for (const conexao of conexoes) await conexao.close();
    },
  };
}

function semFechar(conexao: RedisConnection): RedisConnection {
  return new Proxy(conexao, {
    get(alvo, propriedade) {
      if (propriedade === 'close') return async () => {};
      const valor = Reflect.get(alvo, propriedade, alvo);
      return typeof valor === 'function' ? valor.bind(alvo) : valor;
    },
  });
}
