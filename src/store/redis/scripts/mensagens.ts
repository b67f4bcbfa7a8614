/** O que se faz de uma vez com as mensagens de uma sala: dar um id, guardar, avisar, ler. */

import { MENSAGENS_POR_PAGINA } from '../../../contract/chat.ts';
import { lista, ou, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { mensagemDoFluxo } from '../formato/registros.ts';

/** Os campos de `dados` de que `acrescentar` precisa, em Lua. */
export const CAMPOS_DE_ACRESCENTAR = "'ultimo', 'nome', 'id'";

/**
 * Lua: `acrescentar(fluxos, origem, destino, conteudo, campos)` dá à mensagem o próximo id da sala e a guarda em cada fluxo;
 * responde a gravada: o id, o anterior, a sala (id e nome) e o que se disse. `campos`, se já se leram, são os que precisa.
 * `avisar(gravada, visivel)` a leva a quem acompanha a sala; a que diz quem entrou ou saiu leva também `entrou` ou `saiu`, o
 * id da sessão, e `mudancas`, quantas vezes alguém já entrou ou saiu. Usam a chave `dados`, e os argumentos `agora`,
 * `instante` (ms desde 1970), `historia` e `canal`.
 *
 * Um id nunca é menor que o relógio dos dados em µs: se o Redis perde as últimas gravações, ou volta a uma cópia antiga,
 * o que se diz depois ainda vem depois de qualquer cursor que alguém tenha.
 *
 * O aviso é a última coisa que um script faz, e não o faz falhar: a mensagem já está gravada.
 */
export const ACRESCENTAR = `
local function acrescentar(fluxos, origem, destino, conteudo, campos)
  local ultimo, nome, sala = unpack(campos or redis.call('HMGET', dados, ${CAMPOS_DE_ACRESCENTAR}))
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
    local nome, ultimo = unpack(redis.call('HMGET', dados, 'nome', 'ultimo'))
    if desde == '' then return { nome, ultimas(mensagens), ultimas(privadas), entradaDe(id) } end
    if ultimo and tonumber(ultimo) <= tonumber(desde) then return { nome, {}, {}, {} } end
    local function depois(fluxo)
      return redis.call('XRANGE', fluxo, '(' .. desde .. '-0', '+', 'COUNT', ${MENSAGENS_POR_PAGINA})
    end
    return { nome, depois(mensagens), depois(privadas), depois(passagens) }`,
  ler: ou(tupla(texto, lista(mensagemDoFluxo), lista(mensagemDoFluxo), lista(mensagemDoFluxo))),
});
