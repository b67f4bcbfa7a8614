/** O que se faz de uma vez com as pessoas de uma faixa. */

import { definirScript } from '../../redis/script.ts';
import { RITMO } from './ritmo.ts';

/** Um sinal de vida vale por este tempo: quem chama a toda hora não faz gravar a toda hora. */
export const GRAO_DA_PRESENCA_MS = 500;

/** Quanto dura um movimento: o que dele não se fez nesse tempo já não se faz. */
const DURACAO_DO_MOVIMENTO_MS = 1_000;
/** Quanto depois disso outro pode assumi-lo: o que os relógios de dois Redis podem diferir. */
export const FOLGA_DO_MOVIMENTO_MS = 500;

const SINAL_DE_VIDA = `
local function sinal(presentes, ausentes, id)
  local visto = redis.call('ZSCORE', presentes, id)
  if visto and agora - visto < ${GRAO_DA_PRESENCA_MS} then return end
  redis.call('ZADD', presentes, agora, id)
  redis.call('ZREM', ausentes, id)
end
`;

export const registrarSessao = definirScript(
  'registrarSessao',
  `-- KEYS contador, tokens, sessoes, presentes, novas; ARGV hash do token, sessão em JSON, faixa, número de faixas
   -- Dá o id da sessão.
   local id = redis.call('INCR', KEYS[1]) * ARGV[4] + ARGV[3]
   redis.call('HSET', KEYS[2], ARGV[1], id)
   redis.call('HSET', KEYS[3], id, ARGV[2])
   redis.call('ZADD', KEYS[4], agora, id)
   redis.call('ZADD', KEYS[5], agora, id)
   return id`,
);

export const lerPorToken = definirScript(
  'lerPorToken',
  `-- KEYS tokens, sessoes; ARGV hash do token
   -- Dá id e sessão em JSON, ou nada se ninguém tem o token.
   local id = redis.call('HGET', KEYS[1], ARGV[1])
   if not id then return false end
   return { id, redis.call('HGET', KEYS[2], id) }`,
);

export const identificar = definirScript(
  'identificar',
  `-- KEYS tokens, sessoes, presentes, ausentes, novas; ARGV hash do token
   -- Anota o sinal de vida, e dá id e sessão em JSON; nada se ninguém tem o token.
   ${SINAL_DE_VIDA}
   local id = redis.call('HGET', KEYS[1], ARGV[1])
   if not id then return false end
   local texto = redis.call('HGET', KEYS[2], id)
   local sessao = cjson.decode(texto)
   if sessao.movimento and sessao.movimento.tipo == 'encerrar' then return false end
   sinal(KEYS[3], KEYS[4], id)
   if not sessao.confirmada then
     sessao.confirmada = true
     texto = cjson.encode(sessao)
     redis.call('HSET', KEYS[2], id, texto)
     redis.call('ZREM', KEYS[5], id)
   end
   return { id, texto }`,
);

export const confirmarSessao = definirScript(
  'confirmarSessao',
  `-- KEYS sessoes, novas; ARGV id
   -- Anota que o token chegou a quem registrou. Sem efeito se a sessão acabou.
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   if not texto then return 0 end
   local sessao = cjson.decode(texto)
   sessao.confirmada = true
   redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(sessao))
   redis.call('ZREM', KEYS[2], ARGV[1])
   return 1`,
);

export const renovarPresencas = definirScript(
  'renovarPresencas',
  `-- KEYS sessoes, presentes, ausentes; ARGV ids
   -- Anota o sinal de vida das que ainda existem.
   ${SINAL_DE_VIDA}
   for _, id in ipairs(ARGV) do
     if redis.call('HEXISTS', KEYS[1], id) == 1 then sinal(KEYS[2], KEYS[3], id) end
   end
   return 1`,
);

export const ocuparLugar = definirScript(
  'ocuparLugar',
  `-- KEYS ritmo; ARGV máximo, janela em ms
   -- Dá 0, ou em quantos ms haverá lugar.
   ${RITMO}
   return ocupar(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]))`,
);

export const prepararEnvio = definirScript(
  'prepararEnvio',
  `-- KEYS sessoes, ritmo, uso da idempotency key; ARGV id, máximo, janela em ms, sala ('' sem idempotency key), validade do uso em ms
   -- Ocupa um lugar no limite e anota em que sala a chave se usa. Dá OK e que horas são; NAO_AUTENTICADO; OUTRA_SALA e qual; CHEIO e ms.
   ${RITMO}
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   local movimento = texto and cjson.decode(texto).movimento
   if not texto or (movimento and movimento.tipo == 'encerrar') then return { 'NAO_AUTENTICADO' } end
   if ARGV[4] ~= '' then
     local sala = redis.call('GET', KEYS[3])
     if sala and sala ~= ARGV[4] then return { 'OUTRA_SALA', sala } end
   end
   local tenteEm = ocupar(KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3]))
   if tenteEm > 0 then return { 'CHEIO', tenteEm } end
   if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5]) end
   return { 'OK', agora }`,
);

export const soltarUso = definirScript(
  'soltarUso',
  `-- KEYS uso da idempotency key; ARGV sala
   -- A chave não foi usada naquela sala: pode sê-lo em outra.
   if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
   return 1`,
);

export const iniciarMovimento = definirScript(
  'iniciarMovimento',
  `-- KEYS sessoes, movimentos, presentes, ausentes, contador, ritmo
   -- ARGV id, tipo, destino em JSON ou '', máximo, janela em ms, condição ou '', prazo da condição em ms
   -- Reserva a sessão para um movimento. Dá OK e a sessão em JSON; NAO_AUTENTICADO; OCUPADA e ms; ABANDONADO;
   -- VOLTOU se a condição já não vale; FORA_DA_SALA; JA_ESTA; CHEIO e ms.
   ${RITMO}
   local id, tipo = ARGV[1], ARGV[2]
   local texto = redis.call('HGET', KEYS[1], id)
   if not texto then return { 'NAO_AUTENTICADO' } end
   local sessao = cjson.decode(texto)
   if sessao.movimento then
     local resta = sessao.movimento.ate + ${FOLGA_DO_MOVIMENTO_MS} - agora
     if resta > 0 then return { 'OCUPADA', resta } end
     return { 'ABANDONADO' }
   end
   local condicao = ARGV[6]
   if condicao ~= '' then
     local visto = tonumber(redis.call('ZSCORE', KEYS[3], id) or redis.call('ZSCORE', KEYS[4], id) or 0)
     if condicao == 'sem_chamada' then
       if sessao.confirmada then return { 'VOLTOU' } end
     elseif agora - visto < tonumber(ARGV[7]) then
       return { 'VOLTOU' }
     elseif condicao == 'ausente' then
       redis.call('ZREM', KEYS[3], id)
       redis.call('ZADD', KEYS[4], visto, id)
     end
   end
   local destino = ARGV[3] ~= '' and cjson.decode(ARGV[3]) or nil
   if tipo == 'sair' and not sessao.sala then return { 'FORA_DA_SALA' } end
   if destino and sessao.sala and sessao.sala.id == destino.id then return { 'JA_ESTA' } end
   local tenteEm = ocupar(KEYS[6], tonumber(ARGV[4]), tonumber(ARGV[5]))
   if tenteEm > 0 then return { 'CHEIO', tenteEm } end
   local ate = agora + ${DURACAO_DO_MOVIMENTO_MS}
   sessao.movimento = { tipo = tipo, numero = redis.call('INCR', KEYS[5]), ate = ate, destino = destino }
   texto = cjson.encode(sessao)
   redis.call('HSET', KEYS[1], id, texto)
   redis.call('ZADD', KEYS[2], ate, id)
   return { 'OK', texto }`,
);

export const assumirMovimento = definirScript(
  'assumirMovimento',
  `-- KEYS sessoes, movimentos, contador; ARGV id
   -- Fica com um movimento que alguém deixou no meio. Dá a sessão em JSON, ou nada se não há o que assumir.
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   local sessao = texto and cjson.decode(texto)
   if not sessao or not sessao.movimento then
     redis.call('ZREM', KEYS[2], ARGV[1])
     return false
   end
   if agora < sessao.movimento.ate + ${FOLGA_DO_MOVIMENTO_MS} then return false end
   sessao.movimento.ate = agora + ${DURACAO_DO_MOVIMENTO_MS}
   sessao.movimento.numero = redis.call('INCR', KEYS[3])
   texto = cjson.encode(sessao)
   redis.call('HSET', KEYS[1], ARGV[1], texto)
   redis.call('ZADD', KEYS[2], sessao.movimento.ate, ARGV[1])
   return texto`,
);

export const concluirMovimento = definirScript(
  'concluirMovimento',
  `-- KEYS sessoes, movimentos; ARGV id, número do movimento, sala em que fica em JSON ou '',
   --      chave da sala de que saiu e em que tem mensagens privadas ou ''
   -- Dá 1, ou 0 se outro já o assumiu.
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   local sessao = texto and cjson.decode(texto)
   if not sessao or not sessao.movimento or sessao.movimento.numero ~= tonumber(ARGV[2]) then return 0 end
   sessao.movimento = nil
   sessao.sala = ARGV[3] ~= '' and cjson.decode(ARGV[3]) or nil
   if ARGV[4] ~= '' then
     local conversas = { ARGV[4] }
     for _, outra in ipairs(sessao.conversas or {}) do
       if outra ~= ARGV[4] then table.insert(conversas, outra) end
     end
     sessao.conversas = conversas
   end
   redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(sessao))
   redis.call('ZREM', KEYS[2], ARGV[1])
   return 1`,
);

export const apagarSessao = definirScript(
  'apagarSessao',
  `-- KEYS sessoes, movimentos, tokens, presentes, ausentes, novas; ARGV id, número do movimento
   -- Dá 1, ou 0 se outro já assumiu o movimento que a encerra.
   local texto = redis.call('HGET', KEYS[1], ARGV[1])
   local sessao = texto and cjson.decode(texto)
   if not sessao or not sessao.movimento or sessao.movimento.numero ~= tonumber(ARGV[2]) then return 0 end
   redis.call('HDEL', KEYS[1], ARGV[1])
   redis.call('HDEL', KEYS[3], sessao.hash)
   for _, conjunto in ipairs({ 2, 4, 5, 6 }) do redis.call('ZREM', KEYS[conjunto], ARGV[1]) end
   return 1`,
);

export const lerVencidas = definirScript(
  'lerVencidas',
  `-- KEYS presentes, ausentes, novas, movimentos; ARGV prazos em ms: ausente, expira, sem chamada; quantas no máximo
   -- Dá os ids a tirar da sala, a encerrar por falta de sinal, a encerrar por nunca terem chamado, e os de movimento a assumir.
   local function antesDe(chave, prazo)
     return redis.call('ZRANGEBYSCORE', chave, '-inf', agora - prazo, 'LIMIT', 0, ARGV[4])
   end
   local expiradas = antesDe(KEYS[2], ARGV[2])
   for _, id in ipairs(antesDe(KEYS[1], ARGV[2])) do table.insert(expiradas, id) end
   return { antesDe(KEYS[1], ARGV[1]), expiradas, antesDe(KEYS[3], ARGV[3]), antesDe(KEYS[4], ${FOLGA_DO_MOVIMENTO_MS}) }`,
);
