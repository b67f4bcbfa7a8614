/** Abre o registro, na memória deste binder ou no Redis que vários binders dividem. Só este arquivo sabe qual dos dois. */

import type { ObservadorDeLeases } from '../../observadores/leases.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import type { OpcoesDoRedis } from '../../redis/connection.ts';
import { MemoryRegistry } from './memory-registry.ts';
import type { Registry } from './registry.ts';

/**
 * @param observador a quem contar o que muda no registro, se há quem
 * @throws RedisError se o Redis não pode ser usado
 */
export async function abrirRegistry(
  redis: OpcoesDoRedis | undefined,
  observador?: ObservadorDeLeases,
): Promise<Registry> {
  const registry = await abrir(redis);
  if (!observador) return registry;
  const { ObservedRegistry } = await import('./observed-registry.ts');
  return new ObservedRegistry(registry, observador, relogioDoSistema);
}

async function abrir(redis: OpcoesDoRedis | undefined): Promise<Registry> {
  if (!redis) return new MemoryRegistry(relogioDoSistema);
  // O código que fala com o Redis só é carregado quando há um Redis.
  const [{ conectarAoRedis }, { insistirNaPartida }, { RedisRegistry }, { DIREITOS }] = await Promise.all([
    import('../../redis/connection.ts'),
    import('../../redis/insistir-na-partida.ts'),
    import('./redis-registry.ts'),
    import('./redis-scripts.ts'),
  ]);
  return insistirNaPartida(async () => {
    const conexao = await conectarAoRedis(redis, DIREITOS);
    try {
      return await RedisRegistry.abrir(conexao, relogioDoSistema);
    } catch (erro) {
      await conexao.close();
      throw erro;
    }
  });
}
