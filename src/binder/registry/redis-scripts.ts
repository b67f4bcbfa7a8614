/**
 * O que se faz de uma vez no registro que os binders dividem no Redis. O campo de um endpoint é `nome endereço porta`,
 * com o endereço em minúsculas: nem nomes nem endereços têm espaço.
 * Cada gravação tem um número, um a mais que o da anterior, e é contada num canal: cada binder tem a tabela consigo.
 */

import type { Direitos } from '../../redis/direitos.ts';
import { type Leitor, numero, ou, pares, texto, tupla } from '../../redis/resposta.ts';
import { definirScript } from '../../redis/script.ts';

/** Todas no mesmo hash slot. */
export const CHAVES = {
  /** Campo → `turno validade porta endereço`: o turno é a ordem de chegada, e a validade é `-` sem lease. */
  registros: 'chat:{binder}:registros',
  /** Os campos que têm lease, e até quando. */
  prazos: 'chat:{binder}:prazos',
  /** O último turno dado. */
  turnos: 'chat:{binder}:turno',
  /** `inicio`, único; o número da última gravação (`revisao`), e o da última em que um endpoint veio ou foi (`mudanca`). */
  estado: 'chat:{binder}:estado',
} as const;

/**
 * Onde cada gravação é contada.
 * @param banco o número do banco de dados: um canal é o mesmo em todos os do Redis
 */
export function canalDoRegistro(banco: number): string {
  return `chat:${banco}:{binder}:canal`;
}

/** O relógio dos leases, que os binders dividem. */
export const RELOGIO = 'chat:{binder}:relogio';

/** O que o registro pede ao Redis, também dentro dos scripts: cada comando que se use sobre uma chave tem de estar aqui. */
export const DIREITOS: Direitos = {
  prefixo: 'chat:',
  comandos: [
    ...['hdel', 'hexists', 'hget', 'hgetall', 'hincrby', 'hlen', 'hmget', 'hset', 'incr'],
    ...['zadd', 'zrangebyscore', 'zrem'],
  ],
};

const NOMES_DAS_CHAVES = ['registros', 'prazos', 'turnos', 'estado'] as const;

/** Poucos por vez: enquanto um script roda, o Redis não atende ninguém. */
const VENCIDOS_POR_VEZ = 500;

/** Usa as quatro chaves, o canal, e `agora`, um argumento de cada script: a hora do relógio dos leases, em ms. */
const COMUM = `
local function ler(campo)
  local guardado = redis.call('HGET', registros, campo)
  if not guardado then return nil end
  local turno, validade, porta, endereco = string.match(guardado, '^(%S+) (%S+) (%S+) (%S+)$')
  return { turno = turno, validade = tonumber(validade), porta = porta, endereco = endereco }
end
local function retirar(campo)
  redis.call('HDEL', registros, campo)
  redis.call('ZREM', prazos, campo)
end
local function vive(registro)
  return not registro.validade or registro.validade > agora
end
local function retirarVencidos()
  for _, campo in ipairs(redis.call('ZRANGEBYSCORE', prazos, '-inf', agora, 'LIMIT', 0, ${VENCIDOS_POR_VEZ})) do
    retirar(campo)
  end
end
-- O que se gravou, como os outros binders o ouvem. Contar é o último passo, e não faz a gravação falhar.
local function contar(mudou, campo, guardado)
  if redis.call('HEXISTS', estado, 'inicio') == 0 then
    redis.call('HSET', estado, 'inicio', segundos .. '.' .. microssegundos)
  end
  local inicio = redis.call('HGET', estado, 'inicio')
  local revisao = redis.call('HINCRBY', estado, 'revisao', 1)
  if mudou then redis.call('HSET', estado, 'mudanca', revisao) end
  local gravacao = table.concat({ inicio, revisao, mudou and 1 or 0, campo, guardado }, ' ')
  redis.pcall('SPUBLISH', canal, gravacao)
  return gravacao
end
`;

/** Uma gravação que se fez no registro. */
export interface Gravacao {
  readonly inicio: string;
  readonly revisao: number;
  /** Se um endpoint veio ou foi; uma renovação não conta. */
  readonly mudou: boolean;
  readonly nome: string;
  readonly guardado: Guardado | undefined;
  /** O do endpoint, como se compara. */
  readonly address: string;
  readonly port: number;
}

/** Um registro como está no Redis. */
export interface Guardado {
  readonly turno: string;
  readonly address: string;
  readonly port: number;
  /** No relógio dos leases, em ms; `Infinity` sem lease. */
  readonly validadeMs: number;
}

/** @param gravacao como os scripts a escrevem: a que retira não traz o que ficou guardado */
export function lerGravacao(gravacao: string): Gravacao {
  const [inicio = '', revisao = '', mudou = '', nome = '', address = '', port = '', ...guardado] = gravacao.split(' ');
  return {
    inicio,
    revisao: Number(revisao),
    mudou: mudou === '1',
    nome,
    address,
    port: Number(port),
    guardado: guardado.length === 4 ? lerGuardado(guardado.join(' ')) : undefined,
  };
}

export function lerGuardado(guardado: string): Guardado {
  const [turno = '', validade = '-', port = '', address = ''] = guardado.split(' ');
  return {
    turno,
    address,
    port: Number(port),
    validadeMs: validade === '-' ? Number.POSITIVE_INFINITY : Number(validade),
  };
}

const gravacao: Leitor<Gravacao> = (resposta) => lerGravacao(texto(resposta));

export const registrar = definirScript('registrar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: {
    agora: 'numero',
    canal: 'texto',
    nome: 'texto',
    /** O endpoint, como se compara. */
    endpoint: 'texto',
    endereco: 'texto',
    porta: 'texto',
    comLease: 'logico',
    leaseMs: 'numero',
    maximo: 'numero',
  },
  corpo: `-- Registra, ou renova. Responde a gravação, ou nada se não cabe mais nenhum endpoint.
    ${COMUM}
    local campo = nome .. ' ' .. endpoint
    local anterior = ler(campo)
    local veio = not anterior or not vive(anterior)
    retirarVencidos()
    if redis.call('HLEN', registros) >= maximo and redis.call('HEXISTS', registros, campo) == 0 then return false end
    local turno = veio and string.format('%016.0f', redis.call('INCR', turnos)) or anterior.turno
    local validade = comLease and string.format('%.0f', agora + leaseMs) or '-'
    local guardado = table.concat({ turno, validade, porta, endereco }, ' ')
    redis.call('HSET', registros, campo, guardado)
    if comLease then redis.call('ZADD', prazos, validade, campo) else redis.call('ZREM', prazos, campo) end
    return contar(veio, campo, guardado)`,
  ler: ou(gravacao),
});

export const retirar = definirScript('retirar', {
  chaves: NOMES_DAS_CHAVES,
  argumentos: { agora: 'numero', canal: 'texto', nome: 'texto', endpoint: 'texto' },
  corpo: `-- Responde a gravação, ou nada se o endpoint não estava lá, vivo.
    ${COMUM}
    local campo = nome .. ' ' .. endpoint
    local registro = ler(campo)
    if not registro then return false end
    retirar(campo)
    return vive(registro) and contar(true, campo)`,
  ler: ou(gravacao),
});

export const ler = definirScript('ler', {
  chaves: NOMES_DAS_CHAVES,
  corpo: `-- Só lê. Responde o estado e todo registro como se guarda, campo e texto seguidos, em qualquer ordem; entre eles pode
    -- haver vencidos. Que os leia quem os pediu: o Redis não para por isso.
    local inicio, revisao, mudanca = unpack(redis.call('HMGET', estado, 'inicio', 'revisao', 'mudanca'))
    return { inicio or '', revisao or 0, mudanca or 0, redis.call('HGETALL', registros) }`,
  ler: tupla(texto, numero, numero, pares),
});
