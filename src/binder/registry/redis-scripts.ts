/**
 * O que se faz de uma vez no registro que os binders dividem no Redis. O campo de um endpoint é `nome endereço porta`,
 * com o endereço em minúsculas: nem nomes nem endereços têm espaço, que vem antes de tudo o que um nome pode ter.
 */

import { numero, ou, pares, sim, texto, tupla } from '../../redis/resposta.ts';
import { definirScript } from '../../redis/script.ts';

/** Todas no mesmo hash slot. */
export const CHAVES = {
  /** Campo → `turno validade porta endereço`; a validade é `-` sem lease. */
  registros: 'chat:{binder}:registros',
  /** `nome turno endereço porta`, em ordem de texto: os de um nome seguidos, na ordem da vez. */
  fila: 'chat:{binder}:fila',
  /** Os campos que têm lease, e até quando. */
  prazos: 'chat:{binder}:prazos',
  /** O último turno dado. */
  turnos: 'chat:{binder}:turno',
} as const;

/** O relógio dos leases, que os binders dividem. */
export const RELOGIO = 'chat:{binder}:relogio';

const NOMES_DAS_CHAVES = ['registros', 'fila', 'prazos', 'turnos'] as const;

/** Poucos por vez: enquanto um script roda, o Redis não atende ninguém. */
const VENCIDOS_POR_VEZ = 500;

/** Usa as quatro chaves, e `agora`, um argumento de cada script: a hora do relógio dos leases, em ms. */
const COMUM = `
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

export const registrar = definirScript('registrar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: {
    agora: 'numero',
    nome: 'texto',
    /** O endpoint, como se compara. */
    endpoint: 'texto',
    endereco: 'texto',
    porta: 'numero',
    comLease: 'logico',
    leaseMs: 'numero',
    maximo: 'numero',
  },
  corpo: `-- Registra, ou renova sem mudar a vez. Responde 1, ou 0 se não cabe mais nenhum.
    ${COMUM}
    local campo = nome .. ' ' .. endpoint
    local guardado = ler(campo)
    if not guardado then
      if redis.call('HLEN', registros) >= maximo then retirarVencidos() end
      if redis.call('HLEN', registros) >= maximo then return 0 end
    end
    local validade = comLease and agora + leaseMs or nil
    local turno = guardado and guardado.turno or novoTurno()
    guardar(campo, { turno = turno, validade = validade, porta = porta, endereco = endereco })
    if validade then redis.call('ZADD', prazos, validade, campo) else redis.call('ZREM', prazos, campo) end
    return 1`,
  ler: sim,
});

export const procurar = definirScript('procurar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: { agora: 'numero', nome: 'texto' },
  corpo: `-- O endpoint vivo de quem é a vez, que vai para o fim da fila; retira os vencidos que acha antes dele.
    -- Responde endereço, porta e o que resta do lease em s (sem lease, só os dois primeiros), ou nada se não há nenhum vivo.
    ${COMUM}
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
  ler: ou(tupla(texto, numero, ou(numero))),
});

export const retirar = definirScript('retirar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: { agora: 'numero', nome: 'texto', endpoint: 'texto' },
  corpo: `-- Responde 1 se o endpoint estava lá, vivo; senão 0.
    ${COMUM}
    local campo = nome .. ' ' .. endpoint
    local registro = ler(campo)
    if not registro then return 0 end
    retirar(campo, registro)
    return vive(registro) and 1 or 0`,
  ler: sim,
});

export const listar = definirScript('listar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: { agora: 'numero' },
  corpo: `-- Retira vencidos. Responde todo registro como se guarda, campo e texto seguidos, em qualquer ordem; entre eles pode
    -- haver vencidos. Que os leia quem os pediu: o Redis não para por isso.
    ${COMUM}
    retirarVencidos()
    return redis.call('HGETALL', registros)`,
  ler: pares,
});
