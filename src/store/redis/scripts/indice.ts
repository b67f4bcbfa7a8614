/** O que se faz de uma vez no índice das salas: quais há, quantos estão em cada uma, quais podem estar vazias. */

import { desfecho, json, lista, nada, ou, sim, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import type { SalaCitada } from '../registros.ts';

const salaCitada = json<SalaCitada>();

export const criarNoIndice = definirScript('criarNoIndice', {
  chaves: ['salas', 'vazias', 'ocupacao', 'versao', 'contador'],
  argumentos: { agora: 'numero', comparavel: 'texto', nome: 'texto', maximo: 'numero' },
  corpo: `-- Responde OK; EXISTE; CHEIO.
    if redis.call('HEXISTS', salas, comparavel) == 1 then return { 'EXISTE' } end
    if redis.call('HLEN', salas) >= maximo then return { 'CHEIO' } end
    local id = redis.call('INCR', contador)
    redis.call('HSET', salas, comparavel, cjson.encode({ id = id, nome = nome, chave = comparavel }))
    redis.call('HSET', ocupacao, comparavel, '0 0')
    redis.call('ZADD', vazias, agora, comparavel)
    redis.call('INCR', versao)
    return { 'OK' }`,
  ler: desfecho({ OK: nada, EXISTE: nada, CHEIO: nada }),
});

export const buscarNoIndice = definirScript('buscarNoIndice', {
  chaves: ['salas', 'piso'],
  argumentos: { comparavel: 'texto' },
  corpo: `-- Responde a sala em JSON e o piso dos ids de mensagem; nada se não há.
    local sala = redis.call('HGET', salas, comparavel)
    if not sala then return false end
    return { sala, redis.call('GET', piso) or '0' }`,
  ler: ou(tupla(salaCitada, texto)),
});

export const anotarOcupacao = definirScript('anotarOcupacao', {
  chaves: ['salas', 'vazias', 'ocupacao', 'versao'],
  argumentos: {
    comparavel: 'texto',
    salaId: 'numero',
    /** Quantas vezes alguém tinha entrado ou saído quando se contou: o mais novo vale. */
    mudancas: 'numero',
    quantos: 'numero',
    /** Desde quando não há ninguém, se não há. */
    desde: 'numero',
  },
  corpo: `-- Sem efeito se a sala já não existe, ou se já se sabe de algo mais novo.
    local sala = redis.call('HGET', salas, comparavel)
    if not sala or cjson.decode(sala).id ~= salaId then return 0 end
    local anotada = redis.call('HGET', ocupacao, comparavel)
    if anotada and tonumber(string.match(anotada, '^%d+')) > mudancas then return 0 end
    if quantos == 0 then redis.call('ZADD', vazias, desde, comparavel) else redis.call('ZREM', vazias, comparavel) end
    local nova = string.format('%.0f %.0f', mudancas, quantos)
    if nova ~= anotada then
      redis.call('HSET', ocupacao, comparavel, nova)
      redis.call('INCR', versao)
    end
    return 1`,
  ler: nada,
});

export const lerVazias = definirScript('lerVazias', {
  chaves: ['salas', 'vazias'],
  argumentos: { agora: 'numero', inativaMs: 'numero', maximo: 'numero' },
  corpo: `-- Responde as salas em JSON, da que está vazia há mais tempo à que está há menos.
    local vencidas = {}
    for _, comparavel in ipairs(redis.call('ZRANGEBYSCORE', vazias, '-inf', agora - inativaMs, 'LIMIT', 0, maximo)) do
      local sala = redis.call('HGET', salas, comparavel)
      if sala then table.insert(vencidas, sala) else redis.call('ZREM', vazias, comparavel) end
    end
    return vencidas`,
  ler: lista(salaCitada),
});

export const tirarDoIndice = definirScript('tirarDoIndice', {
  chaves: ['salas', 'vazias', 'ocupacao', 'versao', 'removidas', 'piso'],
  argumentos: {
    comparavel: 'texto',
    salaId: 'numero',
    /** O último id de mensagem dela. */
    ultimo: 'texto',
  },
  corpo: `-- O nome fica livre, e uma sala nova começa a contar depois. Responde 0 se a sala já não era essa.
    local sala = redis.call('HGET', salas, comparavel)
    if not sala or cjson.decode(sala).id ~= salaId then return 0 end
    if tonumber(ultimo) > tonumber(redis.call('GET', piso) or 0) then redis.call('SET', piso, ultimo) end
    redis.call('HDEL', salas, comparavel)
    redis.call('HDEL', ocupacao, comparavel)
    redis.call('ZREM', vazias, comparavel)
    redis.call('HSET', removidas, salaId, sala)
    redis.call('INCR', versao)
    return 1`,
  ler: sim,
});
