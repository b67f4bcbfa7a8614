/** Um Redis para quem só tem os direitos que diz precisar. */

import type { Redis } from '../../../scripts/comum/redis.ts';
import type { Direitos } from '../../../src/redis/direitos.ts';

/** O nome do usuário que os tem. */
export const USUARIO = 'chat';

const GERAIS = ['eval', 'evalsha', 'info', 'ping', 'scan', 'spublish', 'ssubscribe', 'sunsubscribe', 'time'];
const DO_CLUSTER = ['cluster|info', 'cluster|shards', 'cluster|slots'];

/** O mesmo Redis, para um usuário a quem se dá só o que se pede. */
export async function comSoOsDireitos(redis: Redis, { prefixo, comandos }: Direitos): Promise<Redis> {
  const permitidos = [...comandos, ...GERAIS, ...DO_CLUSTER].map((nome) => `+${nome}`);
  const regras = ['reset', 'on', '>senha', `~${prefixo}*`, `&${prefixo}*`, ...permitidos];
  await redis.emTodos('ACL', 'SETUSER', USUARIO, ...regras);
  return { ...redis, url: redis.url.replaceAll('//', `//${USUARIO}:senha@`) };
}
