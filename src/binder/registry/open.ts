/** Abre o registro, na memória deste binder ou no Redis que vários binders dividem. Só este arquivo sabe qual dos dois. */

import type { ObservadorDeLeases } from '../../observar/observacao.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { relatando } from '../../redis/relato.ts';
import { MemoryRegistry } from './memory-registry.ts';
import type { Registry } from './registry.ts';

/**
 * @param observador a quem contar o que muda no registro, se há quem
 * @throws RedisError se o Redis não pode ser usado
 */
export async function abrirRegistry(
  urls: readonly string[] | undefined,
  log: Log,
  observador?: ObservadorDeLeases,
): Promise<Registry> {
  const registry = await abrir(urls, log);
  if (!observador) return registry;
  const { ObservedRegistry } = await import('./observed-registry.ts');
  return new ObservedRegistry(registry, observador, relogioDoSistema);
}

async function abrir(urls: readonly string[] | undefined, log: Log): Promise<Registry> {
  if (!urls) return new MemoryRegistry(relogioDoSistema);
  // O código que fala com o Redis só é carregado quando há um Redis.
  const [{ conectarAoRedis }, { RedisRegistry }] = await Promise.all([
    import('../../redis/connection.ts'),
    import('./redis-registry.ts'),
  ]);
  return RedisRegistry.abrir(await conectarAoRedis(relatando(urls, log)), relogioDoSistema);
}
