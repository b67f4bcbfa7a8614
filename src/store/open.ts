/** Onde ficam os dados do chat: numa pasta que é só deste servidor, ou num Redis que vários dividem. Só aqui se escolhe. */

import type { OpcoesDoRedis } from '../redis/connection.ts';
import { carregarEmbutido } from './embutido/carregar.ts';
import type { OpcoesDoStore, Store } from './store.ts';

export interface LugarDosDados {
  /** A pasta dos dados, quando não há Redis. */
  readonly dados: string;
  readonly redis: OpcoesDoRedis | undefined;
  /** Quantas mensagens se guardam em cada sala, quando há Redis. */
  readonly historia: number;
}

/**
 * O que fala com cada um só se carrega quando é ele.
 * @throws StoreError se os dados não podem ser usados; RedisError se o Redis não pode
 */
export async function abrirStore({ dados, redis, historia }: LugarDosDados, opcoes: OpcoesDoStore): Promise<Store> {
  if (redis) {
    const { abrirNoRedis } = await import('./redis/open.ts');
    return abrirNoRedis(redis, historia, opcoes);
  }
  const { abrirEmbutido } = await carregarEmbutido();
  return abrirEmbutido(dados, opcoes);
}

/**
 * Copia os dados de uma pasta para um arquivo novo, também enquanto um servidor os usa.
 * @throws StoreError se não há o que copiar, se o arquivo já existe, se não se pode ler ou gravar
 */
export async function copiarDados(dados: string, arquivo: string): Promise<void> {
  await carregarEmbutido();
  const { copiarEmbutido } = await import('./embutido/copiar.ts');
  copiarEmbutido(dados, arquivo);
}
