/** O que se faz de uma vez com as mensagens de uma sala: dar um id, guardar, avisar, ler. */

import { MENSAGENS_POR_PAGINA } from '../../../contract/chat.ts';
import { desfecho, lista, nada, numero, ou, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { mensagemDoFluxo } from '../formato/registros.ts';
import { LEMBRAR } from './repeticoes.ts';

/**
 * Lua: `acrescentar(fluxos, origem, destino, conteudo)` dá à mensagem o próximo id da sala e a guarda em cada fluxo;
 * responde a gravada: o id, o anterior, a sala (id e nome) e o que se disse. `avisar(gravada, visivel)` a leva a quem
 * acompanha a sala; a que diz quem entrou ou saiu leva também `entrou` ou `saiu`, o id da sessão, e `mudancas`, quantas
 * vezes alguém já entrou ou saiu. Usam a chave `dados`, e os argumentos `agora`, `instante` (ms desde 1970), `historia` e
 * `canal`.
 *
 * Um id nunca é menor que o relógio dos dados em µs: se o Redis perde as últimas gravações, ou volta a uma cópia antiga,
 * o que se diz depois ainda vem depois de qualquer cursor que alguém tenha.
 *
 * O aviso é a última coisa que um script faz, e não o faz falhar: a mensagem já está gravada.
 */
export const ACRESCENTAR = `
local function acrescentar(fluxos, origem, destino, conteudo)
  local ultimo, nome, sala = unpack(redis.call('HMGET', dados, 'ultimo', 'nome', 'id'))
  local anterior = tonumber(ultimo or 0)
  local id = string.format('%.0f', math.max(anterior + 1, agora * 1000))
  redis.call('HSET', dados, 'ultimo', id)
  for _, fluxo in ipairs(fluxos) do
    redis.call('XADD', fluxo, 'MAXLEN', '~', historia, id .. '-0', 'o', origem, 'd', destino, 'c', conteudo, 't', instante)
  end
  return { id = id, anterior = string.format('%.0f', anterior), sala = sala, nome = nome, origem = origem, destino = destino,
    conteudo = conteudo, instante = instante }
end
local function avisar(gravada, visivel)
  local aviso = gravada.id .. ' ' .. gravada.anterior .. ' ' .. visivel .. ' ' .. cjson.encode(gravada)
  redis.pcall('SPUBLISH', canal, aviso)
end
`;

/** Os argumentos de que `acrescentar` e `avisar` precisam. */
export const ARGUMENTOS_DE_ACRESCENTAR = {
  agora: 'numero',
  instante: 'texto',
  historia: 'texto',
  canal: 'texto',
} as const;

/**
 * Lua: `ultimas(fluxo)` responde as mais novas, da mais nova à mais antiga; `entradaDe(id)`, a mensagem da entrada de uma
 * sessão que está na sala, numa lista. Usam as chaves `passagens` e `entradas`.
 */
export const ULTIMAS = `
local function ultimas(fluxo)
  return redis.call('XREVRANGE', fluxo, '+', '-', 'COUNT', ${MENSAGENS_POR_PAGINA})
end
local function entradaDe(id)
  local entrada = redis.call('HGET', entradas, id)
  return entrada and redis.call('XRANGE', passagens, entrada .. '-0', entrada .. '-0') or {}
end
`;

export const enviarNaSala = definirScript('enviarNaSala', {
  chaves: [
    'dados',
    'membros',
    'nomes',
    'silenciados',
    'mensagens',
    'envios',
    'antigos',
    'minhasPrivadas',
    'privadasDoDestino',
    'comPrivadas',
    'ultimasPrivadas',
  ],
  argumentos: {
    ...ARGUMENTOS_DE_ACRESCENTAR,
    eu: 'texto',
    conteudo: 'texto',
    privada: 'logico',
    /** O nome do destinatário, como se compara, e o id da sessão dele. */
    destinatario: 'texto',
    destinatarioId: 'texto',
    comChave: 'logico',
    chave: 'texto',
    soConferir: 'logico',
  },
  corpo: `-- Responde OK, id, nome da sala, remetente e destinatário; PODE, se era só para conferir; REPETIDA e a mensagem em
    -- JSON; ANULADA se a chave de repetição se usou em outra sala; FORA_DA_SALA; SILENCIADO; DESTINATARIO_FORA_DA_SALA.
    ${ACRESCENTAR} ${LEMBRAR}
    local guardada = comChave and lembrada(envios, antigos, chave)
    if guardada == '' then return { 'ANULADA' } end
    if guardada then return { 'REPETIDA', guardada } end
    local origem = redis.call('HGET', membros, eu)
    if not origem then return { 'FORA_DA_SALA' } end
    local dono, donoChave, silenciada = unpack(redis.call('HMGET', dados, 'dono', 'donoChave', 'silenciada'))
    if dono ~= eu and not (privada and destinatario == donoChave) then
      if silenciada or redis.call('SISMEMBER', silenciados, eu) == 1 then return { 'SILENCIADO' } end
    end
    local destino = ''
    if privada then
      destino = redis.call('HGET', nomes, destinatario) == destinatarioId and redis.call('HGET', membros, destinatarioId)
      if not destino then return { 'DESTINATARIO_FORA_DA_SALA' } end
    end
    if soConferir then return { 'PODE' } end
    local fluxos, visivel = { mensagens }, 'todos'
    if privada then
      fluxos, visivel = { minhasPrivadas }, eu
      if destinatarioId ~= eu then
        fluxos, visivel = { minhasPrivadas, privadasDoDestino }, eu .. ',' .. destinatarioId
      end
      redis.call('SADD', comPrivadas, eu, destinatarioId)
    end
    local gravada = acrescentar(fluxos, origem, destino, conteudo)
    if privada then redis.call('HSET', ultimasPrivadas, eu, gravada.id, destinatarioId, gravada.id) end
    if comChave then
      local mensagem = { id = gravada.id, sala = gravada.nome, origem = origem, destino = destino, conteudo = conteudo,
        instante = instante }
      lembrar(envios, antigos, chave, cjson.encode(mensagem))
    end
    avisar(gravada, visivel)
    return { 'OK', gravada.id, gravada.nome, origem, destino }`,
  ler: desfecho({
    OK: tupla(numero, texto, texto, texto),
    PODE: nada,
    REPETIDA: tupla(texto),
    ANULADA: nada,
    FORA_DA_SALA: nada,
    SILENCIADO: nada,
    DESTINATARIO_FORA_DA_SALA: nada,
  }),
});

export const lerDaSala = definirScript('lerDaSala', {
  chaves: ['dados', 'membros', 'mensagens', 'passagens', 'entradas', 'privadas'],
  argumentos: {
    id: 'texto',
    /** O cursor, ou vazio para as últimas. */
    desde: 'texto',
  },
  corpo: `-- Responde o nome da sala, as mensagens de todos, as privadas e as passagens (sem cursor, só a própria entrada); nada
    -- se a sessão não está na sala.
    ${ULTIMAS}
    if redis.call('HEXISTS', membros, id) == 0 then return false end
    local nome = redis.call('HGET', dados, 'nome')
    if desde == '' then return { nome, ultimas(mensagens), ultimas(privadas), entradaDe(id) } end
    local function depois(fluxo)
      return redis.call('XRANGE', fluxo, '(' .. desde .. '-0', '+', 'COUNT', ${MENSAGENS_POR_PAGINA})
    end
    return { nome, depois(mensagens), depois(privadas), depois(passagens) }`,
  ler: ou(tupla(texto, lista(mensagemDoFluxo), lista(mensagemDoFluxo), lista(mensagemDoFluxo))),
});
