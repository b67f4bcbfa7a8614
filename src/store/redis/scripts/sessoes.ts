/**
 * O que se faz de uma vez com as sessões: quem tem um token, e quem está presente. O que se faz com muitas recebe as chaves de
 * uma faixa ou de várias, as de cada uma depois das da anterior.
 */

import { lista, numero, ou, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';

/** Um sinal de vida vale por este tempo: quem chama muitas vezes seguidas não faz gravar a cada uma. */
export const GRAO_DA_PRESENCA_MS = 500;

/** Lua: `anotarPresenca(presentes, ausentes, id, quando)`. Uma sessão nunca está nos dois conjuntos. */
const ANOTAR_PRESENCA = `
local function anotarPresenca(presentes, ausentes, id, quando)
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
    anotarPresenca(presentes, ausentes, id, agora)
    if not sessao.confirmada then
      sessao.confirmada = true
      texto = cjson.encode(sessao)
      redis.call('HSET', sessoes, id, texto)
      redis.call('ZREM', novas, id)
    end
    return { id, texto }`,
  ler: ou(tupla(numero, texto)),
});

/** As chaves de cada faixa, na ordem em que `renovarPresencas` as recebe. */
export const CHAVES_DA_PRESENCA = ['sessoes', 'presentes', 'ausentes'] as const;

export const renovarPresencas = definirScript('renovarPresencas', {
  chaves: [],
  demaisChaves: 'chaves',
  demaisArgumentos: 'sinais',
  corpo: `-- De cada sinal, quantas faixas vêm antes da sua, o id da sessão e quando foi. Anota a presença das que ainda existem, e
    -- responde as que não.
    ${ANOTAR_PRESENCA}
    local faltam = {}
    for posicao = 1, #sinais, 3 do
      local antes, id, quando = unpack(sinais, posicao, posicao + 2)
      local primeira = antes * ${CHAVES_DA_PRESENCA.length} + 1
      local ${CHAVES_DA_PRESENCA.join(', ')} = unpack(chaves, primeira, primeira + ${CHAVES_DA_PRESENCA.length - 1})
      if redis.call('HEXISTS', sessoes, id) == 1 then
        anotarPresenca(presentes, ausentes, id, tonumber(quando))
      else
        table.insert(faltam, id)
      end
    end
    return faltam`,
  ler: lista(numero),
});

/** As chaves de cada faixa, na ordem em que `lerVencidas` as recebe. */
export const CHAVES_DAS_VENCIDAS = ['presentes', 'ausentes', 'novas', 'movimentos'] as const;

export const lerVencidas = definirScript('lerVencidas', {
  chaves: [],
  demaisChaves: 'chaves',
  argumentos: {
    agora: 'numero',
    ausenteMs: 'numero',
    expiraMs: 'numero',
    semChamadaMs: 'numero',
    movimentoMs: 'numero',
    /** Quantos ids de cada faixa e de cada motivo. */
    maximo: 'numero',
  },
  corpo: `-- Responde os ids a tirar da sala, a encerrar por falta de presença, a encerrar por nunca terem chamado, e os que
    -- têm um movimento a assumir.
    local ausentar, expirar, semChamada, assumir = {}, {}, {}, {}
    local function juntar(ids, conjunto, prazoMs)
      local vencidos = redis.call('ZRANGEBYSCORE', conjunto, '-inf', agora - prazoMs, 'LIMIT', 0, maximo)
      for _, id in ipairs(vencidos) do table.insert(ids, id) end
    end
    for primeira = 1, #chaves, ${CHAVES_DAS_VENCIDAS.length} do
      local ${CHAVES_DAS_VENCIDAS.join(', ')} = unpack(chaves, primeira, primeira + ${CHAVES_DAS_VENCIDAS.length - 1})
      juntar(ausentar, presentes, ausenteMs)
      juntar(expirar, ausentes, expiraMs)
      juntar(expirar, presentes, expiraMs)
      juntar(semChamada, novas, semChamadaMs)
      juntar(assumir, movimentos, movimentoMs)
    end
    return { ausentar, expirar, semChamada, assumir }`,
  ler: tupla(lista(numero), lista(numero), lista(numero), lista(numero)),
});
