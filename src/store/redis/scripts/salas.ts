/** O que se faz de uma vez numa sala com quem entra e sai dela, e com a sala que se remove. */

import { desfecho, lista, nada, numero, ou, sim, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { mensagemDoFluxo } from '../registros.ts';
import { ACRESCENTAR, ARGUMENTOS_DE_ACRESCENTAR, ULTIMAS } from './mensagens.ts';

/**
 * O que resta de uma sala apagada só diz que quem a procurava chegou tarde: a uma sala mais nova não diz nada.
 * Lua: `idDaqui(procurado)` responde o id da sala que está nestas chaves.
 */
const ID_DAQUI = `
local function idDaqui(procurado)
  local id = redis.call('HGET', dados, 'id')
  if not id or tonumber(id) >= tonumber(procurado) then return id end
  if redis.call('HEXISTS', dados, 'apagada') == 0 then return id end
  redis.call('DEL', dados)
  return false
end
`;

/** Lua: `contar()` responde quantas vezes alguém entrou ou saiu, quantos estão, e desde quando não há ninguém. */
const CONTAR = `
local function contar()
  return { tonumber(redis.call('HGET', dados, 'mudancas') or 0), redis.call('HLEN', membros),
    redis.call('HGET', dados, 'vaziaDesde') or agora }
end
`;

const ocupacao = tupla(numero, numero, numero);

/** Quem procurou uma sala antes que fosse apagada já desistiu depois disto. */
const LEMBRANCA_DA_APAGADA_MS = 10_000;

export const entrarNaSala = definirScript('entrarNaSala', {
  chaves: ['dados', 'membros', 'nomes', 'mensagens', 'passagens', 'entradas', 'privadas'],
  argumentos: {
    ...ARGUMENTOS_DE_ACRESCENTAR,
    salaId: 'texto',
    sala: 'texto',
    /** Os ids de mensagem da sala começam depois deste. */
    piso: 'texto',
    eu: 'texto',
    nome: 'texto',
    nomeComparavel: 'texto',
    conteudo: 'texto',
  },
  corpo: `-- Responde OK, a ocupação, os nomes de quem está, as últimas de todos, as últimas privadas e a própria entrada;
    -- NAO_HA; ANTIGA se o que está lá é de outra sala, removida.
    ${ACRESCENTAR} ${ULTIMAS} ${ID_DAQUI} ${CONTAR}
    local id = idDaqui(salaId)
    if id and id ~= salaId then return { tonumber(id) < tonumber(salaId) and 'ANTIGA' or 'NAO_HA' } end
    if not id then redis.call('HSET', dados, 'id', salaId, 'nome', sala, 'ultimo', piso) end
    if redis.call('HEXISTS', dados, 'fechada') == 1 then return { 'NAO_HA' } end
    local mensagem, anterior
    if redis.call('HSETNX', membros, eu, nome) == 1 then
      redis.call('HSET', nomes, nomeComparavel, eu)
      redis.call('HINCRBY', dados, 'mudancas', 1)
      mensagem, anterior = acrescentar({ passagens }, 'SERVER', '', conteudo)
      redis.call('HSET', entradas, eu, string.format('%.0f', mensagem))
    end
    local resposta = { 'OK', contar(), redis.call('HVALS', membros), ultimas(mensagens), ultimas(privadas), entradaDe(eu) }
    if mensagem then avisar(mensagem, anterior, 'todos') end
    return resposta`,
  ler: desfecho({
    OK: tupla(ocupacao, lista(texto), lista(mensagemDoFluxo), lista(mensagemDoFluxo), lista(mensagemDoFluxo)),
    NAO_HA: nada,
    ANTIGA: nada,
  }),
});

export const sairDaSala = definirScript('sairDaSala', {
  chaves: ['dados', 'membros', 'nomes', 'passagens', 'entradas', 'comPrivadas'],
  argumentos: {
    ...ARGUMENTOS_DE_ACRESCENTAR,
    salaId: 'texto',
    eu: 'texto',
    nomeComparavel: 'texto',
    conteudo: 'texto',
  },
  corpo: `-- Responde a ocupação, e 1 se quem sai tem mensagens privadas na sala; nada se a sala já não existe. Quem não estava
    -- não sai.
    ${ACRESCENTAR} ${CONTAR}
    if redis.call('HGET', dados, 'id') ~= salaId then return false end
    local mensagem, anterior
    if redis.call('HDEL', membros, eu) == 1 then
      if redis.call('HGET', nomes, nomeComparavel) == eu then redis.call('HDEL', nomes, nomeComparavel) end
      redis.call('HINCRBY', dados, 'mudancas', 1)
      redis.call('HDEL', entradas, eu)
      mensagem, anterior = acrescentar({ passagens }, 'SERVER', '', conteudo)
      redis.call('HSET', dados, 'vaziaDesde', agora)
    end
    local resposta = { contar(), redis.call('SISMEMBER', comPrivadas, eu) }
    if mensagem then avisar(mensagem, anterior, 'todos') end
    return resposta`,
  ler: ou(tupla(ocupacao, sim)),
});

export const contarNaSala = definirScript('contarNaSala', {
  chaves: ['dados', 'membros'],
  argumentos: { agora: 'numero', salaId: 'texto', eu: 'texto' },
  corpo: `-- Responde a ocupação, e 1 se a sessão está na sala; nada se a sala já não existe.
    ${CONTAR}
    if redis.call('HGET', dados, 'id') ~= salaId then return false end
    return { contar(), redis.call('HEXISTS', membros, eu) }`,
  ler: ou(tupla(ocupacao, sim)),
});

export const apagarRastros = definirScript('apagarRastros', {
  chaves: ['privadas', 'envios', 'antigos', 'comPrivadas'],
  argumentos: { eu: 'texto' },
  corpo: `-- A sessão acabou: ninguém mais lê as suas mensagens privadas, nem repete os seus envios.
    redis.call('UNLINK', privadas, envios, antigos)
    redis.call('SREM', comPrivadas, eu)
    return 1`,
  ler: nada,
});

export const fecharSala = definirScript('fecharSala', {
  chaves: ['dados', 'membros'],
  argumentos: { agora: 'numero', salaId: 'texto', inativaMs: 'numero' },
  corpo: `-- Ninguém mais entra. Responde FECHADA e o último id de mensagem; OCUPADA ou CEDO e a ocupação; ANTIGA; NAO_HA.
    ${ID_DAQUI} ${CONTAR}
    local id = idDaqui(salaId)
    if id and id ~= salaId then return { tonumber(id) < tonumber(salaId) and 'ANTIGA' or 'NAO_HA' } end
    if redis.call('HLEN', membros) > 0 then return { 'OCUPADA', contar() } end
    local desde = redis.call('HGET', dados, 'vaziaDesde')
    if desde and agora - desde < inativaMs then return { 'CEDO', contar() } end
    redis.call('HSET', dados, 'id', salaId, 'fechada', 1)
    return { 'FECHADA', redis.call('HGET', dados, 'ultimo') or '0' }`,
  ler: desfecho({ FECHADA: tupla(texto), OCUPADA: tupla(ocupacao), CEDO: tupla(ocupacao), ANTIGA: nada, NAO_HA: nada }),
});

export const apagarDaSala = definirScript('apagarDaSala', {
  chaves: ['dados'],
  argumentos: { salaId: 'texto', tudo: 'logico' },
  demaisChaves: 'apagar',
  corpo: `-- Apaga o que é da sala e, se é tudo, deixa uma lembrança dela. Responde 0, sem efeito, se o que está lá já é de outra.
    local id = redis.call('HGET', dados, 'id')
    if id and tonumber(id) > tonumber(salaId) then return 0 end
    for _, chave in ipairs(apagar) do redis.call('UNLINK', chave) end
    if tudo then
      redis.call('DEL', dados)
      redis.call('HSET', dados, 'id', salaId, 'fechada', 1, 'apagada', 1)
      redis.call('PEXPIRE', dados, ${LEMBRANCA_DA_APAGADA_MS})
    end
    return 1`,
  ler: nada,
});
