/** O que se faz de uma vez com as sessões de uma faixa: quem tem um token, e quem está presente. */

import { lista, numero, ou, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

/** Um sinal de vida vale por este tempo: quem chama muitas vezes seguidas não faz gravar a cada uma. */
export const GRAO_DA_PRESENCA_MS = 500;

/** Lua: `anotarPresenca(id, quando)`. Usa as chaves `presentes` e `ausentes`: uma sessão nunca está nas duas. */
const ANOTAR_PRESENCA = `
local function anotarPresenca(id, quando)
  local visto = redis.call('ZSCORE', presentes, id)
  if visto and quando - visto < ${GRAO_DA_PRESENCA_MS} then return end
  redis.call('ZADD', presentes, quando, id)
  if not visto then redis.call('ZREM', ausentes, id) end
end
`;

export const registrarSessao = definirScript('registrarSessao', {
  chaves: ['contador', 'tokens', 'sessoes', 'presentes', 'novas'],
  argumentos: { agora: 'numero', hash: 'texto', sessao: 'texto', faixa: 'numero', faixas: 'numero' },
  corpo: `-- A sessão vem em JSON. Responde o id dela.
    local id = redis.call('INCR', contador) * faixas + faixa
    redis.call('HSET', tokens, hash, id)
    redis.call('HSET', sessoes, id, sessao)
    redis.call('ZADD', presentes, agora, id)
    redis.call('ZADD', novas, agora, id)
    return id`,
  ler: numero,
});

export const identificar = definirScript('identificar', {
  chaves: ['tokens', 'sessoes', 'presentes', 'ausentes', 'novas'],
  argumentos: { agora: 'numero', hash: 'texto' },
  corpo: `-- Anota a presença, e responde o id e a sessão em JSON; nada se ninguém tem o token.
    ${ANOTAR_PRESENCA}
    local id = redis.call('HGET', tokens, hash)
    if not id then return false end
    local texto = redis.call('HGET', sessoes, id)
    local sessao = cjson.decode(texto)
    if sessao.movimento and sessao.movimento.tipo == 'encerrar' then return false end
    anotarPresenca(id, agora)
    if not sessao.confirmada then
      sessao.confirmada = true
      texto = cjson.encode(sessao)
      redis.call('HSET', sessoes, id, texto)
      redis.call('ZREM', novas, id)
    end
    return { id, texto }`,
  ler: ou(tupla(numero, texto)),
});

export const renovarPresencas = definirScript('renovarPresencas', {
  chaves: ['sessoes', 'presentes', 'ausentes'],
  demaisArgumentos: 'sinais',
  corpo: `-- Cada id e, a seguir, quando deu sinal. Anota a presença das que ainda existem, e responde as que não.
    ${ANOTAR_PRESENCA}
    local faltam = {}
    for posicao = 1, #sinais, 2 do
      local id, quando = sinais[posicao], tonumber(sinais[posicao + 1])
      if redis.call('HEXISTS', sessoes, id) == 1 then anotarPresenca(id, quando) else table.insert(faltam, id) end
    end
    return faltam`,
  ler: lista(numero),
});

export const lerVencidas = definirScript('lerVencidas', {
  chaves: ['presentes', 'ausentes', 'novas', 'movimentos'],
  argumentos: {
    agora: 'numero',
    ausenteMs: 'numero',
    expiraMs: 'numero',
    semChamadaMs: 'numero',
    movimentoMs: 'numero',
    maximo: 'numero',
  },
  corpo: `-- Responde os ids a tirar da sala, a encerrar por falta de presença, a encerrar por nunca terem chamado, e os que
    -- têm um movimento a assumir.
    local function antesDe(conjunto, prazoMs)
      return redis.call('ZRANGEBYSCORE', conjunto, '-inf', agora - prazoMs, 'LIMIT', 0, maximo)
    end
    local expiradas = antesDe(ausentes, expiraMs)
    for _, id in ipairs(antesDe(presentes, expiraMs)) do table.insert(expiradas, id) end
    return { antesDe(presentes, ausenteMs), expiradas, antesDe(novas, semChamadaMs), antesDe(movimentos, movimentoMs) }`,
  ler: tupla(lista(numero), lista(numero), lista(numero), lista(numero)),
});
