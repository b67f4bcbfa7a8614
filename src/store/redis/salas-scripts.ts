/** O que se faz de uma vez numa sala: tudo o que enviar e receber toca está nela. */

import { MENSAGENS_POR_PAGINA } from '../../contract/chat.ts';
import { definirScript } from '../../redis/script.ts';

/** `acrescentar` dá à mensagem o próximo id da sala, guarda-a em cada fluxo, e avisa quem pode vê-la. */
const ACRESCENTAR = `
local function acrescentar(fluxos, maximo, canal, visivel, origem, destino, conteudo, quando)
  local id = redis.call('HINCRBY', KEYS[1], 'ultimo', 1)
  for _, fluxo in ipairs(fluxos) do
    redis.call('XADD', fluxo, 'MAXLEN', '~', maximo, string.format('%.0f-0', id),
      'o', origem, 'd', destino, 'c', conteudo, 't', quando)
  end
  redis.call('SPUBLISH', canal, string.format('%.0f ', id) .. visivel)
  return id
end
`;

const PAGINA = String(MENSAGENS_POR_PAGINA);

/** `ultimas` dá as mais novas de um fluxo, da mais nova à mais antiga. */
const ULTIMAS = `
local function ultimas(fluxo)
  return redis.call('XREVRANGE', fluxo, '+', '-', 'COUNT', ${PAGINA})
end
`;

/**
 * O que resta de uma sala apagada só diz que quem a procurava chegou tarde: a uma sala mais nova não diz nada.
 * `idDaqui` dá o id da sala que está nestas chaves.
 */
const ID_DAQUI = `
local function idDaqui(procurado)
  local id = redis.call('HGET', KEYS[1], 'id')
  if not id or tonumber(id) >= tonumber(procurado) then return id end
  if redis.call('HEXISTS', KEYS[1], 'apagada') == 0 then return id end
  redis.call('DEL', KEYS[1])
  return false
end
`;

/** Quem procurou uma sala antes que fosse apagada já desistiu depois disto. */
const LEMBRANCA_DA_APAGADA_MS = 10_000;

export const entrarNaSala = definirScript(
  'entrarNaSala',
  `-- KEYS dados, membros, nomes, mensagens, privadas de quem entra
   -- ARGV id da sala, nome da sala, piso, id da sessão, nome, chave do nome, texto, instante em ms, história, canal
   -- Dá OK, nomes de quem está, últimas de todos e últimas privadas; NAO_HA; ANTIGA se o que está lá é de outra sala, removida.
   ${ACRESCENTAR} ${ULTIMAS} ${ID_DAQUI}
   local id = idDaqui(ARGV[1])
   if id and id ~= ARGV[1] then return { tonumber(id) < tonumber(ARGV[1]) and 'ANTIGA' or 'NAO_HA' } end
   if not id then redis.call('HSET', KEYS[1], 'id', ARGV[1], 'nome', ARGV[2], 'ultimo', ARGV[3]) end
   if redis.call('HEXISTS', KEYS[1], 'fechada') == 1 then return { 'NAO_HA' } end
   if redis.call('HSETNX', KEYS[2], ARGV[4], ARGV[5]) == 1 then
     redis.call('HSET', KEYS[3], ARGV[6], ARGV[4])
     acrescentar({ KEYS[4] }, ARGV[9], ARGV[10], 'todos', 'SERVER', '', ARGV[7], ARGV[8])
   end
   return { 'OK', redis.call('HVALS', KEYS[2]), ultimas(KEYS[4]), ultimas(KEYS[5]) }`,
);

export const sairDaSala = definirScript(
  'sairDaSala',
  `-- KEYS dados, membros, nomes, mensagens, com privadas
   -- ARGV id da sala, id da sessão, chave do nome, texto, instante em ms, história, canal
   -- Dá quantos ficam, e 1 se quem sai tem mensagens privadas na sala. Quem não estava não sai.
   ${ACRESCENTAR}
   if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return { 0, 0 } end
   if redis.call('HDEL', KEYS[2], ARGV[2]) == 1 then
     if redis.call('HGET', KEYS[3], ARGV[3]) == ARGV[2] then redis.call('HDEL', KEYS[3], ARGV[3]) end
     acrescentar({ KEYS[4] }, ARGV[6], ARGV[7], 'todos', 'SERVER', '', ARGV[4], ARGV[5])
     redis.call('HSET', KEYS[1], 'vaziaDesde', agora)
   end
   return { redis.call('HLEN', KEYS[2]), redis.call('SISMEMBER', KEYS[5], ARGV[2]) }`,
);

export const apagarPrivadas = definirScript(
  'apagarPrivadas',
  `-- KEYS privadas de uma sessão, com privadas; ARGV id da sessão
   -- A sessão acabou: ninguém mais as lê.
   redis.call('UNLINK', KEYS[1])
   redis.call('SREM', KEYS[2], ARGV[1])
   return 1`,
);

export const enviarNaSala = definirScript(
  'enviarNaSala',
  `-- KEYS dados, membros, nomes, mensagens, envio da idempotency key, privadas do remetente, privadas do destinatário, com privadas
   -- ARGV id da sessão, conteúdo, instante em ms, chave do nome do destinatário ('' para todos), id dele, 1 se há idempotency key,
   --      validade dela em ms, história, canal, 1 se é só para conferir
   -- Dá OK, id, nome da sala, remetente e destinatário; PODE, se era só para conferir; REPETIDA e a mensagem em JSON;
   -- ANULADA se a chave foi usada em outra sala; FORA_DA_SALA; DESTINATARIO_FORA_DA_SALA.
   ${ACRESCENTAR}
   local eu, privada, comChave = ARGV[1], ARGV[4] ~= '', ARGV[6] == '1'
   local guardada = comChave and redis.call('GET', KEYS[5])
   if guardada == '' then return { 'ANULADA' } end
   if guardada then return { 'REPETIDA', guardada } end
   local origem = redis.call('HGET', KEYS[2], eu)
   if not origem then return { 'FORA_DA_SALA' } end
   local destino = ''
   if privada then
     destino = redis.call('HGET', KEYS[3], ARGV[4]) == ARGV[5] and redis.call('HGET', KEYS[2], ARGV[5])
     if not destino then return { 'DESTINATARIO_FORA_DA_SALA' } end
   end
   if ARGV[10] == '1' then return { 'PODE' } end
   local fluxos, visivel = { KEYS[4] }, 'todos'
   if privada then
     fluxos, visivel = { KEYS[6] }, eu
     if ARGV[5] ~= eu then fluxos, visivel = { KEYS[6], KEYS[7] }, eu .. ',' .. ARGV[5] end
     redis.call('SADD', KEYS[8], eu, ARGV[5])
   end
   local id = acrescentar(fluxos, ARGV[8], ARGV[9], visivel, origem, destino, ARGV[2], ARGV[3])
   local sala = redis.call('HGET', KEYS[1], 'nome')
   if comChave then
     local mensagem = { id = id, sala = sala, origem = origem, destino = destino, conteudo = ARGV[2], instante = ARGV[3] }
     redis.call('SET', KEYS[5], cjson.encode(mensagem), 'PX', ARGV[7])
   end
   return { 'OK', id, sala, origem, destino }`,
);

export const anularEnvio = definirScript(
  'anularEnvio',
  `-- KEYS envio da idempotency key; ARGV validade em ms
   -- A chave vai ser usada em outra sala: o que ainda chegue a esta com ela não vale. Dá a mensagem em JSON, se já chegou.
   local guardada = redis.call('GET', KEYS[1])
   if guardada and guardada ~= '' then return guardada end
   redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
   return false`,
);

export const reabrirEnvio = definirScript(
  'reabrirEnvio',
  `-- KEYS envio da idempotency key
   -- A chave volta a esta sala: o que a anulava já não vale.
   if redis.call('GET', KEYS[1]) == '' then redis.call('DEL', KEYS[1]) end
   return 1`,
);

export const lerDaSala = definirScript(
  'lerDaSala',
  `-- KEYS dados, membros, mensagens, privadas de quem lê; ARGV id da sessão, cursor ('' para as últimas)
   -- Dá nome da sala, as de todos e as privadas; nada se não está na sala.
   ${ULTIMAS}
   if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return false end
   local nome = redis.call('HGET', KEYS[1], 'nome')
   if ARGV[2] == '' then return { nome, ultimas(KEYS[3]), ultimas(KEYS[4]) } end
   local function depois(fluxo)
     return redis.call('XRANGE', fluxo, '(' .. ARGV[2] .. '-0', '+', 'COUNT', ${PAGINA})
   end
   return { nome, depois(KEYS[3]), depois(KEYS[4]) }`,
);

export const fecharSala = definirScript(
  'fecharSala',
  `-- KEYS dados, membros; ARGV id da sala, há quanto tempo vazia em ms
   -- Ninguém mais entra. Dá FECHADA e o último id de mensagem; OCUPADA e que horas são; CEDO e desde quando está vazia; ANTIGA; NAO_HA.
   ${ID_DAQUI}
   local id = idDaqui(ARGV[1])
   if id and id ~= ARGV[1] then return { tonumber(id) < tonumber(ARGV[1]) and 'ANTIGA' or 'NAO_HA' } end
   if redis.call('HLEN', KEYS[2]) > 0 then return { 'OCUPADA', agora } end
   local desde = redis.call('HGET', KEYS[1], 'vaziaDesde')
   if desde and agora - desde < tonumber(ARGV[2]) then return { 'CEDO', desde } end
   redis.call('HSET', KEYS[1], 'id', ARGV[1], 'fechada', 1)
   return { 'FECHADA', redis.call('HGET', KEYS[1], 'ultimo') or '0' }`,
);

export const apagarDaSala = definirScript(
  'apagarDaSala',
  `-- KEYS dados, e o que se apaga da sala; ARGV id da sala, 1 se não resta mais nada
   -- Dá 0, sem efeito, se o que está lá já é de outra sala.
   local id = redis.call('HGET', KEYS[1], 'id')
   if id and tonumber(id) > tonumber(ARGV[1]) then return 0 end
   for chave = 2, #KEYS do redis.call('UNLINK', KEYS[chave]) end
   if ARGV[2] == '1' then
     redis.call('DEL', KEYS[1])
     redis.call('HSET', KEYS[1], 'id', ARGV[1], 'fechada', 1, 'apagada', 1)
     redis.call('PEXPIRE', KEYS[1], ${LEMBRANCA_DA_APAGADA_MS})
   end
   return 1`,
);
