/** O que o store pede ao Redis, também dentro dos scripts: cada comando que se use sobre uma chave tem de estar aqui. */

import type { Direitos } from '../../redis/direitos.ts';

export const DIREITOS: Direitos = {
  prefixo: 'chat:',
  comandos: [
    ...['del', 'exists', 'get', 'incr', 'pexpire', 'rename', 'set', 'type', 'unlink'],
    ...['hdel', 'hexists', 'hget', 'hgetall', 'hincrby', 'hkeys', 'hlen', 'hmget', 'hset', 'hsetnx', 'hvals'],
    ...['lindex', 'llen', 'lpop', 'rpop', 'rpush'],
    ...['sadd', 'sismember', 'smembers', 'srem'],
    ...['xadd', 'xdel', 'xrange', 'xrevrange'],
    ...['zadd', 'zrangebyscore', 'zrem', 'zscore'],
  ],
};
