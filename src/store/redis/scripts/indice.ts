/** O que se faz de uma vez no índice das salas: quais há, quantos estão em cada uma, quais podem estar vazias. */

import { desfecho, json, lista, nada, ou, sim, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import type { SalaCitada } from '../formato/registros.ts';

const salaCitada = json<SalaCitada>();

const ARGUMENTOS_DE_CABER = {
  comparavel: 'texto',
  maximo: 'numero',
  /** Quantas sem ninguém pode haver da pessoa e da rede; 0 para quantas quiser. */
  vaziasPorPessoa: 'numero',
  vaziasPorRede: 'numero',
} as const;

/** Lua: acaba o script se já há a sala, ou se não cabe outra. Usa as chaves `salas`, `vazias`, `daPessoa` e `daRede`. */
const SO_SE_CABE = `
if redis.call('HEXISTS', salas, comparavel) == 1 then return { 'EXISTE' } end
if redis.call('HLEN', salas) >= maximo then return { 'CHEIO' } end
-- Esquece as que já não existem.
local function vaziasDe(criadas)
  local pares, quantas = redis.call('HGETALL', criadas), 0
  for posicao = 1, #pares, 2 do
    local sala = redis.call('HGET', salas, pares[posicao])
    if not sala or cjson.decode(sala).id ~= tonumber(pares[posicao + 1]) then
      redis.call('HDEL', criadas, pares[posicao])
    elseif redis.call('ZSCORE', vazias, pares[posicao]) then
      quantas = quantas + 1
    end
  end
  return quantas
end
for criadas, maximo in pairs({ [daPessoa] = vaziasPorPessoa, [daRede] = vaziasPorRede }) do
  if maximo > 0 and vaziasDe(criadas) >= maximo then return { 'VAZIAS_DEMAIS' } end
end
`;

const seCabe = desfecho({ OK: nada, EXISTE: nada, CHEIO: nada, VAZIAS_DEMAIS: nada });

export const verSeCabe = definirScript('verSeCabe', {
  chaves: ['salas', 'vazias', 'daPessoa', 'daRede'],
  argumentos: ARGUMENTOS_DE_CABER,
  corpo: `-- Responde OK se a sala pode ser criada; EXISTE; CHEIO; VAZIAS_DEMAIS.
    ${SO_SE_CABE}
    return { 'OK' }`,
  ler: seCabe,
});

export const criarNoIndice = definirScript('criarNoIndice', {
  chaves: ['salas', 'vazias', 'ocupacao', 'versao', 'contador', 'daPessoa', 'daRede'],
  argumentos: {
    ...ARGUMENTOS_DE_CABER,
    agora: 'numero',
    nome: 'texto',
    /** O dono, em JSON. */
    criador: 'texto',
    /** De onde se criou. */
    rede: 'texto',
  },
  corpo: `-- Responde OK; EXISTE; CHEIO; VAZIAS_DEMAIS.
    ${SO_SE_CABE}
    local id = redis.call('INCR', contador)
    -- Não vencem: cada uma conta enquanto a sala existe, por muito que ela dure.
    for _, criadas in ipairs({ daPessoa, daRede }) do redis.call('HSET', criadas, comparavel, id) end
    local sala = { id = id, nome = nome, chave = comparavel, criador = cjson.decode(criador), rede = rede }
    redis.call('HSET', salas, comparavel, cjson.encode(sala))
    redis.call('HSET', ocupacao, comparavel, '0 0')
    redis.call('ZADD', vazias, agora, comparavel)
    redis.call('INCR', versao)
    return { 'OK' }`,
  ler: seCabe,
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

export const anotarSituacao = definirScript('anotarSituacao', {
  chaves: ['salas', 'vazias', 'ocupacao', 'detalhes', 'permanentes', 'versao'],
  argumentos: {
    comparavel: 'texto',
    salaId: 'numero',
    /** Quantas vezes alguém tinha entrado ou saído quando se contou: o mais novo vale. */
    mudancas: 'numero',
    quantos: 'numero',
    /** Desde quando não há ninguém, se não há. */
    desde: 'numero',
    /** Quantas vezes mudou o que o dono configurou: o mais novo vale. */
    revisao: 'numero',
    /** O que ele configurou, em JSON. */
    configurado: 'texto',
  },
  corpo: `-- Sem efeito se a sala já não existe, ou se já se sabe de algo mais novo.
    local sala = redis.call('HGET', salas, comparavel)
    if not sala or cjson.decode(sala).id ~= salaId then return 0 end
    local function anotar(onde, numero, resto)
      local anotado = redis.call('HGET', onde, comparavel)
      local novo = string.format('%.0f ', numero) .. resto
      if anotado and tonumber(string.match(anotado, '^%d+')) > numero then return string.match(anotado, '^%d+ (.*)$') end
      if novo ~= anotado then
        redis.call('HSET', onde, comparavel, novo)
        redis.call('INCR', versao)
      end
      return resto
    end
    local estao = tonumber(anotar(ocupacao, mudancas, string.format('%.0f', quantos)))
    local atual = cjson.decode(anotar(detalhes, revisao, configurado))
    if atual.permanente then
      redis.call('HSET', permanentes, comparavel, atual.donoId or '')
    else
      redis.call('HDEL', permanentes, comparavel)
    end
    if estao > 0 or atual.permanente then
      redis.call('ZREM', vazias, comparavel)
    elseif estao == quantos then
      redis.call('ZADD', vazias, desde, comparavel)
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

export const reservarPermanente = definirScript('reservarPermanente', {
  chaves: ['permanentes'],
  argumentos: { comparavel: 'texto', donoId: 'texto', maximo: 'numero', maximoDoDono: 'numero' },
  corpo: `-- A sala vai ficar: o que ela disser depois confirma a reserva ou a desfaz. Responde 0 se não cabe outra.
    if redis.call('HEXISTS', permanentes, comparavel) == 1 then return 1 end
    if redis.call('HLEN', permanentes) >= maximo then return 0 end
    local doDono = 0
    for _, dono in ipairs(redis.call('HVALS', permanentes)) do
      if dono == donoId then doDono = doDono + 1 end
    end
    if doDono >= maximoDoDono then return 0 end
    redis.call('HSET', permanentes, comparavel, donoId)
    return 1`,
  ler: sim,
});

export const tirarDoIndice = definirScript('tirarDoIndice', {
  chaves: [
    'salas',
    'vazias',
    'ocupacao',
    'detalhes',
    'permanentes',
    'versao',
    'removidas',
    'piso',
    'daPessoa',
    'daRede',
  ],
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
    for _, anotado in ipairs({ ocupacao, detalhes, permanentes, daPessoa, daRede }) do
      redis.call('HDEL', anotado, comparavel)
    end
    redis.call('ZREM', vazias, comparavel)
    redis.call('HSET', removidas, salaId, sala)
    redis.call('INCR', versao)
    return 1`,
  ler: sim,
});
