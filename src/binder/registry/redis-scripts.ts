/**
 * O que se faz de uma vez no registro que os binders dividem no Redis. O campo de um endpoint é `nome endereço porta`,
 * com o endereço em minúsculas: nem nomes nem endereços têm espaço, que vem antes de tudo o que um nome pode ter.
 */

import { definirScript } from '../../redis/script.ts';

/** Todas no mesmo hash slot, na ordem em que os scripts as recebem. */
export const CHAVES = [
  /** Campo → `turno validade porta endereço`; a validade é `-` sem lease. */
  'chat:{binder}:registros',
  /** `nome turno endereço porta`, em ordem de texto: os de um nome seguidos, na ordem da vez. */
  'chat:{binder}:fila',
  /** Os campos que têm lease, e até quando. */
  'chat:{binder}:prazos',
  /** O último turno dado. */
  'chat:{binder}:turno',
] as const;

/** Poucos por vez: enquanto um script roda, o Redis não atende ninguém. */
const VENCIDOS_POR_VEZ = 500;

const COMUM = `
local registros, fila, prazos, turnos = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function ler(campo)
  local guardado = redis.call('HGET', registros, campo)
  if not guardado then return nil end
  local turno, validade, porta, endereco = string.match(guardado, '^(%S+) (%S+) (%S+) (%S+)$')
  return { turno = turno, validade = tonumber(validade), porta = tonumber(porta), endereco = endereco }
end
local function naFila(campo, turno)
  return string.gsub(campo, ' ', ' ' .. turno .. ' ', 1)
end
local function novoTurno()
  return string.format('%016.0f', redis.call('INCR', turnos))
end
local function guardar(campo, registro)
  local validade = registro.validade and string.format('%.0f', registro.validade) or '-'
  local texto = table.concat({ registro.turno, validade, registro.porta, registro.endereco }, ' ')
  redis.call('HSET', registros, campo, texto)
  redis.call('ZADD', fila, 0, (naFila(campo, registro.turno)))
end
local function retirar(campo, registro)
  redis.call('HDEL', registros, campo)
  redis.call('ZREM', fila, (naFila(campo, registro.turno)))
  redis.call('ZREM', prazos, campo)
end
local function vive(registro)
  return not registro.validade or registro.validade > agora
end
local function resta(registro)
  return registro.validade and math.ceil((registro.validade - agora) / 1000)
end
local function retirarVencidos()
  for _, campo in ipairs(redis.call('ZRANGEBYSCORE', prazos, '-inf', agora, 'LIMIT', 0, ${VENCIDOS_POR_VEZ})) do
    retirar(campo, ler(campo))
  end
end
`;

export const registrar = definirScript(
  'registrar',
  `-- KEYS registros, fila, prazos, turno; ARGV nome, chave do endpoint, endereço, porta, lease em s ou vazio, máximo
   -- Registra, ou renova sem mudar a vez. Dá 1, ou 0 se não cabe mais nenhum.
   ${COMUM}
   local nome, chave, endereco, porta, lease, maximo = unpack(ARGV)
   local campo = nome .. ' ' .. chave
   local guardado = ler(campo)
   if not guardado then
     maximo = tonumber(maximo)
     if redis.call('HLEN', registros) >= maximo then retirarVencidos() end
     if redis.call('HLEN', registros) >= maximo then return 0 end
   end
   local validade = lease ~= '' and agora + lease * 1000 or nil
   local turno = guardado and guardado.turno or novoTurno()
   guardar(campo, { turno = turno, validade = validade, porta = porta, endereco = endereco })
   if validade then redis.call('ZADD', prazos, validade, campo) else redis.call('ZREM', prazos, campo) end
   return 1`,
);

export const procurar = definirScript(
  'procurar',
  `-- KEYS registros, fila, prazos, turno; ARGV nome
   -- O endpoint vivo de quem é a vez, que vai para o fim da fila; retira os vencidos que acha antes dele.
   -- Dá endereço, porta e o que resta do lease em s (sem lease, só os dois primeiros), ou nil se não há endpoint vivo.
   ${COMUM}
   local nome = ARGV[1]
   while true do
     local membro = redis.call('ZRANGEBYLEX', fila, '[' .. nome .. ' ', '(' .. nome .. '!', 'LIMIT', 0, 1)[1]
     if not membro then return false end
     local campo = string.gsub(membro, ' %d+ ', ' ', 1)
     local registro = ler(campo)
     retirar(campo, registro)
     if vive(registro) then
       registro.turno = novoTurno()
       guardar(campo, registro)
       if registro.validade then redis.call('ZADD', prazos, registro.validade, campo) end
       return { registro.endereco, registro.porta, resta(registro) }
     end
   end`,
);

export const retirar = definirScript(
  'retirar',
  `-- KEYS registros, fila, prazos, turno; ARGV nome, chave do endpoint
   -- Dá 1 se o endpoint estava registrado e vivo; se não, 0.
   ${COMUM}
   local campo = ARGV[1] .. ' ' .. ARGV[2]
   local registro = ler(campo)
   if not registro then return 0 end
   retirar(campo, registro)
   return vive(registro) and 1 or 0`,
);

export const listar = definirScript(
  'listar',
  `-- KEYS registros, fila, prazos, turno
   -- Retira vencidos. Dá a hora e todo registro como se guarda: campo, texto, campo, texto, em qualquer ordem, e entre
   -- eles pode haver vencidos. Que os leia quem os pediu: o Redis não para por isso.
   ${COMUM}
   retirarVencidos()
   return { agora, redis.call('HGETALL', registros) }`,
);
