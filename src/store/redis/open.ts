/**
 * O store no Redis, um só ou um Redis Cluster, que vários servidores dividem.
 * Esta pasta guarda: não conhece procedimentos, transporte nem esperas.
 */

import { conectarAoRedis, type OpcoesDoRedis, type RedisConnection } from '../../redis/connection.ts';
import { insistirNaPartida } from '../../redis/insistir-na-partida.ts';
import { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { interrupcaoMs } from '../prazos.ts';
import type { OpcoesDoStore } from '../store.ts';
import { DIREITOS } from './direitos.ts';
import { RELOGIO } from './formato/chaves.ts';
import { migrar } from './migracoes/migrar.ts';
import { RedisStore } from './store.ts';

/**
 * @param historia quantas mensagens se guardam em cada sala
 * @throws RedisError se o Redis não pode ser usado
 */
export function abrirNoRedis(redis: OpcoesDoRedis, historia: number, opcoes: OpcoesDoStore): Promise<RedisStore> {
  return insistirNaPartida(async () => {
    const conexao = await conectarAoRedis(redis, DIREITOS);
    try {
      return await abrirSobre(conexao, historia, opcoes, redis.aoAvisar);
    } catch (erro) {
      await conexao.close();
      throw erro;
    }
  });
}

/**
 * Sobre uma conexão já aberta, que o store passa a ter como sua.
 * @param aoAvisar recebe uma linha para pessoas, se os dados são de uma versão anterior
 * @throws RedisError se os dados não se abrem com esta versão
 */
export async function abrirSobre(
  redis: RedisConnection,
  historia: number,
  opcoes: OpcoesDoStore,
  aoAvisar?: (linha: string) => void,
): Promise<RedisStore> {
  const relogio = await RelogioDividido.abrir({
    redis,
    chave: RELOGIO,
    monotonicoMs: opcoes.clock.monotonicoMs,
    interrupcaoMs: interrupcaoMs(opcoes.prazos),
  });
  await migrar({ redis, relogio, aoAvisar });
  return new RedisStore({ redis, relogio, historia }, opcoes);
}
