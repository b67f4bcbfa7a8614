/** O que as migrações fazem de uma vez. */

import { nada, numero, ou, sim, texto } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { LEMBRAR } from '../scripts/repeticoes.ts';
import { CONTAR, situacao } from '../scripts/salas.ts';

export const idadeDaVarreduraDa100 = definirScript('idadeDaVarreduraDa100', {
  chaves: ['estado'],
  corpo: `-- Responde há quantos ms um servidor 1.0.0 varreu pela última vez; nada se nenhum varreu.
    local ultima = redis.call('HGET', estado, 'ultima')
    return ultima and math.max(0, horaDoRedis - ultima)`,
  ler: ou(numero),
});

export const anotarUso = definirScript('anotarUso', {
  chaves: ['sessoes', 'usos', 'usosAntigos', 'rastros'],
  argumentos: { id: 'texto', chave: 'texto', sala: 'texto' },
  corpo: `-- A sessão usou a chave de repetição naquela sala, se não se sabe de outra. Responde 0 se ela já não existe.
    ${LEMBRAR}
    if redis.call('HEXISTS', sessoes, id) == 0 then return 0 end
    redis.call('SADD', rastros, sala)
    if not lembrada(usos, usosAntigos, chave) then redis.call('HSET', usos, chave, sala) end
    return 1`,
  ler: sim,
});

export const anotarEnvio = definirScript('anotarEnvio', {
  chaves: ['envios', 'antigos'],
  argumentos: { chave: 'texto', mensagem: 'texto' },
  corpo: `-- A mensagem que a chave de repetição enviou, em JSON, se não se sabe de outra.
    ${LEMBRAR}
    if not lembrada(envios, antigos, chave) then redis.call('HSET', envios, chave, mensagem) end
    return 1`,
  ler: nada,
});

export const passarConversas = definirScript('passarConversas', {
  chaves: ['sessoes', 'rastros'],
  argumentos: { id: 'texto' },
  corpo: `-- As salas em que a sessão deixou mensagens privadas saem dela para um conjunto à parte.
    local texto = redis.call('HGET', sessoes, id)
    local sessao = texto and cjson.decode(texto)
    if not sessao or not sessao.conversas then return 0 end
    for _, sala in ipairs(sessao.conversas) do redis.call('SADD', rastros, sala) end
    sessao.conversas = nil
    redis.call('HSET', sessoes, id, cjson.encode(sessao))
    return 1`,
  ler: nada,
});

export const esquecerVarreduraDa100 = definirScript('esquecerVarreduraDa100', {
  chaves: ['estado'],
  corpo: `-- O que só a 1.0.0 usava.
    redis.call('HDEL', estado, 'ultima', 'desde')
    return 1`,
  ler: nada,
});

export const trocarNaSala = definirScript('trocarNaSala', {
  chaves: ['nomes'],
  argumentos: { antigo: 'texto', novo: 'texto' },
  corpo: `-- Um membro da sala passa a ser procurado pelo nome novo.
    local id = redis.call('HGET', nomes, antigo)
    if id then redis.call('HSETNX', nomes, novo, id) end
    redis.call('HDEL', nomes, antigo)
    return 1`,
  ler: nada,
});

export const trocarNoIndice = definirScript('trocarNoIndice', {
  chaves: ['salas', 'vazias', 'ocupacao', 'versao'],
  argumentos: { antigo: 'texto', novo: 'texto' },
  corpo: `-- A sala passa a ser procurada pelo nome novo, se nenhuma outra o tem. Responde 0 se alguma o tem.
    local texto = redis.call('HGET', salas, antigo)
    if not texto or redis.call('HEXISTS', salas, novo) == 1 then return 0 end
    local sala = cjson.decode(texto)
    sala.chave = novo
    redis.call('HSET', salas, novo, cjson.encode(sala))
    redis.call('HDEL', salas, antigo)
    local desde = redis.call('ZSCORE', vazias, antigo)
    if desde then redis.call('ZADD', vazias, desde, novo) end
    redis.call('ZREM', vazias, antigo)
    local quantos = redis.call('HGET', ocupacao, antigo)
    if quantos then redis.call('HSET', ocupacao, novo, quantos) end
    redis.call('HDEL', ocupacao, antigo)
    redis.call('INCR', versao)
    return 1`,
  ler: sim,
});

export const trocarNaSessao = definirScript('trocarNaSessao', {
  chaves: ['sessoes', 'usos', 'usosAntigos', 'rastros'],
  argumentos: { id: 'texto', antigo: 'texto', novo: 'texto' },
  corpo: `-- O que a sessão cita de uma sala passa ao nome novo dela.
    local texto = redis.call('HGET', sessoes, id)
    if not texto then return 0 end
    local sessao = cjson.decode(texto)
    for _, citada in ipairs({ sessao.sala or {}, sessao.movimento and sessao.movimento.destino or {} }) do
      if citada.chave == antigo then citada.chave = novo end
    end
    redis.call('HSET', sessoes, id, cjson.encode(sessao))
    if redis.call('SREM', rastros, antigo) == 1 then redis.call('SADD', rastros, novo) end
    for _, guardados in ipairs({ usos, usosAntigos }) do
      local pares = redis.call('HGETALL', guardados)
      for posicao = 1, #pares, 2 do
        if pares[posicao + 1] == antigo then redis.call('HSET', guardados, pares[posicao], novo) end
      end
    end
    return 1`,
  ler: nada,
});

/** Quantas mensagens um script lê de cada vez. */
const POR_LEITURA = 200;

export const separarPassagens = definirScript('separarPassagens', {
  chaves: ['dados', 'membros', 'mensagens', 'passagens', 'entradas'],
  corpo: `-- Quem entrou e quem saiu deixa as mensagens que se disseram, e cada um na sala fica com a sua última entrada.
    -- Responde quem está há mais tempo, ou vazio se não há ninguém; nada se a sala já tem dono, ou se ninguém mexeu nela.
    -- Na 1.0.0, toda linha de SERVER era uma entrada ou uma saída. Quem não tem a sua entrada está há mais tempo que a
    -- história guardada.
    if redis.call('EXISTS', dados) == 0 or redis.call('HEXISTS', dados, 'dono') == 1 then return false end
    local desde = '-'
    repeat
      local lidas = redis.call('XRANGE', mensagens, desde, '+', 'COUNT', ${POR_LEITURA})
      for _, lida in ipairs(lidas) do
        local id, campos = unpack(lida)
        if campos[2] == 'SERVER' then
          redis.call('XADD', passagens, id, unpack(campos))
          redis.call('XDEL', mensagens, id)
        end
        desde = '(' .. id
      end
    until #lidas < ${POR_LEITURA}
    local entrou = {}
    desde = '-'
    repeat
      local lidas = redis.call('XRANGE', passagens, desde, '+', 'COUNT', ${POR_LEITURA})
      for _, lida in ipairs(lidas) do
        local nome = string.match(lida[2][6], '^(.*) entrou na sala%.$')
        if nome then entrou[nome] = string.match(lida[1], '%d+') end
        desde = '(' .. lida[1]
      end
    until #lidas < ${POR_LEITURA}
    local primeiro, primeiraEntrada = '', math.huge
    local estao = redis.call('HGETALL', membros)
    for posicao = 1, #estao, 2 do
      local id, entrada = estao[posicao], entrou[estao[posicao + 1]]
      if entrada then redis.call('HSET', entradas, id, entrada) end
      local quando = tonumber(entrada or 0)
      if quando < primeiraEntrada or (quando == primeiraEntrada and tonumber(id) < tonumber(primeiro)) then
        primeiro, primeiraEntrada = id, quando
      end
    end
    return primeiro`,
  ler: ou(texto),
});

export const darSemDizer = definirScript('darSemDizer', {
  chaves: ['dados', 'membros', 'nomes'],
  argumentos: { agora: 'numero', dono: 'texto' },
  corpo: `-- A sala que não tinha dono passa a ser da sessão, se está nela, ou de ninguém; nada se diz na sala. Responde a situação.
    ${CONTAR}
    local nome, comparavel = redis.call('HGET', membros, dono), ''
    local pares = redis.call('HGETALL', nomes)
    for posicao = 1, #pares, 2 do
      if pares[posicao + 1] == dono then comparavel = pares[posicao] end
    end
    redis.call('HSET', dados, 'dono', nome and dono or '', 'donoNome', nome or '', 'donoChave', comparavel)
    redis.call('HINCRBY', dados, 'revisao', 1)
    return contar()`,
  ler: situacao,
});
