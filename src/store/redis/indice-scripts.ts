/** O índice das salas: quais há, e quais podem estar vazias. O que acontece numa sala está nela. */

import { definirScript } from '../../redis/script.ts';

export const criarNoIndice = definirScript(
  'criarNoIndice',
  `-- KEYS salas, vazias, contador; ARGV chave do nome, nome, máximo de salas
   -- Dá OK e o id; EXISTE; CHEIO.
   if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return { 'EXISTE' } end
   if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return { 'CHEIO' } end
   local id = redis.call('INCR', KEYS[3])
   redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ id = id, nome = ARGV[2], chave = ARGV[1] }))
   redis.call('ZADD', KEYS[2], agora, ARGV[1])
   return { 'OK', id }`,
);

export const buscarNoIndice = definirScript(
  'buscarNoIndice',
  `-- KEYS salas, piso; ARGV chave do nome
   -- Dá a sala em JSON e o piso dos ids de mensagem; nada se não há.
   local sala = redis.call('HGET', KEYS[1], ARGV[1])
   if not sala then return false end
   return { sala, redis.call('GET', KEYS[2]) or '0' }`,
);

export const anotarVazia = definirScript(
  'anotarVazia',
  `-- KEYS salas, vazias; ARGV chave do nome, desde quando em ms ('' para agora)
   -- Sem efeito se a sala já não existe.
   if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
   redis.call('ZADD', KEYS[2], ARGV[2] ~= '' and ARGV[2] or agora, ARGV[1])
   return 1`,
);

/** O que os relógios de dois Redis podem diferir. */
const FOLGA_MS = 500;

export const esquecerVazia = definirScript(
  'esquecerVazia',
  `-- KEYS vazias; ARGV chave do nome, quando se viu que tinha alguém
   -- Sem efeito se foi anotada depois disso, ou quase: quem estava pode ter saído no meio.
   local desde = redis.call('ZSCORE', KEYS[1], ARGV[1])
   if desde and tonumber(desde) < ARGV[2] - ${FOLGA_MS} then redis.call('ZREM', KEYS[1], ARGV[1]) end
   return 1`,
);

export const lerVazias = definirScript(
  'lerVazias',
  `-- KEYS salas, vazias; ARGV há quanto tempo vazias em ms, quantas no máximo
   -- Dá as salas em JSON, da que está vazia há mais tempo à que está há menos.
   local chaves = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', agora - ARGV[1], 'LIMIT', 0, ARGV[2])
   local salas = {}
   for _, chave in ipairs(chaves) do
     local sala = redis.call('HGET', KEYS[1], chave)
     if sala then table.insert(salas, sala) else redis.call('ZREM', KEYS[2], chave) end
   end
   return salas`,
);

export const tirarDoIndice = definirScript(
  'tirarDoIndice',
  `-- KEYS salas, vazias, removidas, piso; ARGV chave do nome, id da sala, último id de mensagem dela
   -- O nome fica livre, e uma sala nova começa a contar depois. Dá 0 se a sala já não era essa.
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   if not texto or cjson.decode(texto).id ~= tonumber(ARGV[2]) then return 0 end
   if tonumber(ARGV[3]) > tonumber(redis.call('GET', KEYS[4]) or 0) then redis.call('SET', KEYS[4], ARGV[3]) end
   redis.call('HDEL', KEYS[1], ARGV[1])
   redis.call('ZREM', KEYS[2], ARGV[1])
   redis.call('HSET', KEYS[3], ARGV[2], texto)
   return 1`,
);
