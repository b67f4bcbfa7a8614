/** Por que os dados não se abriram na partida, numa linha. */

import { ContractError } from '../contract/errors.ts';
import { explicarNaPartida, NAO_A_TEMPO, RedisIndisponivel } from '../redis/redis-error.ts';
import { StoreError } from '../store/store-error.ts';

/**
 * @param erro o que o store lançou ao abrir, ou ao ler pela primeira vez
 * @param noRedis se os dados ficam num Redis
 * @returns a linha; `undefined` para uma falha que não é dos dados
 */
export function explicarFalhaDosDados(erro: unknown, noRedis: boolean): string | undefined {
  if (erro instanceof StoreError) return erro.message;
  const ocupado = erro instanceof ContractError && erro.tipo === 'SERVICO_INDISPONIVEL';
  if (!ocupado) return explicarNaPartida(erro);
  return noRedis ? explicarNaPartida(new RedisIndisponivel(NAO_A_TEMPO)) : erro.message;
}
