/** De quem é um nome: do hash do token de quem o registrou. */

import { definirScript } from '../../redis/script.ts';

export const reservarNome = definirScript(
  'reservarNome',
  `-- KEYS dono; ARGV hash do token, validade em ms
   -- Reserva o nome até que a sessão exista. Dá 1, ou 0 se é de outra pessoa.
   return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0`,
);

export const fixarNome = definirScript(
  'fixarNome',
  `-- KEYS dono; ARGV hash do token
   -- A sessão existe: o nome é dela. Dá 0 se a reserva acabou antes.
   if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   redis.call('PERSIST', KEYS[1])
   return 1`,
);

export const liberarNome = definirScript(
  'liberarNome',
  `-- KEYS dono; ARGV hash do token
   -- Dá 1, ou 0 se o nome já era de outra pessoa.
   if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   redis.call('DEL', KEYS[1])
   return 1`,
);
