/** O que o dono faz na sua sala, e como ela passa a outro: cada coisa de uma vez. */

import { desfecho, nada, ou, sim, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { ACRESCENTAR, ARGUMENTOS_DE_ACRESCENTAR } from './mensagens.ts';
import { ABRIR, ARGUMENTOS_DE_ABRIR, CONTAR, DAR, PASSAR_ADIANTE, situacao } from './salas.ts';

const ARGUMENTOS_DO_DONO = { ...ARGUMENTOS_DE_ACRESCENTAR, ...ARGUMENTOS_DE_ABRIR, eu: 'texto' } as const;

/** Lua: acaba o script se a sala não existe mais, ou se não é de `eu`. */
const SO_O_DONO = `
${ACRESCENTAR} ${ABRIR} ${CONTAR}
local problema = abrir()
if problema then return { problema } end
if redis.call('HGET', dados, 'dono') ~= eu then return { 'SEM_PERMISSAO' } end
`;

const DESFECHOS = { NAO_HA: nada, ANTIGA: nada, SEM_PERMISSAO: nada };

export const verSala = definirScript('verSala', {
  chaves: ['dados', 'membros', 'nomes', 'expulsos'],
  argumentos: { agora: 'numero', salaId: 'texto', alvo: 'texto' },
  corpo: `-- Responde a situação, o id de quem tem na sala o nome do alvo, ou vazio, e 1 se esse nome está expulso; nada se ninguém
    -- mexeu ainda na sala.
    ${CONTAR}
    if redis.call('HGET', dados, 'id') ~= salaId then return false end
    local expulso = tonumber(redis.call('HGET', expulsos, alvo) or 0) > agora
    return { contar(), redis.call('HGET', nomes, alvo) or '', expulso and 1 or 0 }`,
  ler: ou(tupla(situacao, texto, sim)),
});

export const configurarNaSala = definirScript('configurarNaSala', {
  chaves: ['dados', 'membros', 'mensagens'],
  argumentos: {
    ...ARGUMENTOS_DO_DONO,
    mudaTopico: 'logico',
    topico: 'texto',
    dizTopico: 'texto',
    mudaSenha: 'logico',
    senha: 'texto',
    mudaSilenciada: 'logico',
    silenciada: 'logico',
    dizSilenciada: 'texto',
    mudaPermanente: 'logico',
    permanente: 'logico',
  },
  corpo: `-- Responde OK e a situação; NAO_HA; ANTIGA; SEM_PERMISSAO.
    ${SO_O_DONO}
    local ditas = {}
    local function mudar(campo, valor, diz)
      if (redis.call('HGET', dados, campo) or '') == valor then return end
      if valor == '' then redis.call('HDEL', dados, campo) else redis.call('HSET', dados, campo, valor) end
      if diz then table.insert(ditas, acrescentar({ mensagens }, 'SERVER', '', diz)) end
    end
    if mudaTopico then mudar('topico', topico, dizTopico) end
    if mudaSenha then mudar('senha', senha) end
    if mudaSilenciada then mudar('silenciada', silenciada and '1' or '', dizSilenciada) end
    if mudaPermanente then
      mudar('permanente', permanente and '1' or '')
      -- A que deixa de ser permanente tem um prazo inteiro.
      if not permanente then redis.call('HSET', dados, 'vaziaDesde', agora) end
    end
    redis.call('HINCRBY', dados, 'revisao', 1)
    local resposta = { 'OK', contar() }
    for _, dita in ipairs(ditas) do avisar(dita, 'todos') end
    return resposta`,
  ler: desfecho({ OK: tupla(situacao), ...DESFECHOS }),
});

export const silenciarNaSala = definirScript('silenciarNaSala', {
  chaves: ['dados', 'membros', 'nomes', 'silenciados', 'mensagens'],
  argumentos: { ...ARGUMENTOS_DO_DONO, alvo: 'texto', silenciado: 'logico', diz: 'texto' },
  corpo: `-- O texto tem %s no lugar do nome. Responde OK; NAO_HA; ANTIGA; SEM_PERMISSAO; FORA se o alvo não está na sala.
    ${SO_O_DONO}
    local id = redis.call('HGET', nomes, alvo)
    if not id then return { 'FORA' } end
    if redis.call(silenciado and 'SADD' or 'SREM', silenciados, id) == 1 then
      local texto = string.format(diz, redis.call('HGET', membros, id))
      avisar(acrescentar({ mensagens }, 'SERVER', '', texto), 'todos')
    end
    return { 'OK' }`,
  ler: desfecho({ OK: nada, FORA: nada, ...DESFECHOS }),
});

export const expulsarDaSala = definirScript('expulsarDaSala', {
  chaves: ['dados', 'membros', 'nomes', 'expulsos', 'mensagens', 'entradas', 'comPrivadas'],
  argumentos: {
    ...ARGUMENTOS_DO_DONO,
    alvo: 'texto',
    /** O id da sessão do alvo, se está na sala, ou vazio. */
    alvoId: 'texto',
    duracaoMs: 'numero',
    diz: 'texto',
  },
  corpo: `-- O texto tem %s no lugar do nome. Responde OK, a situação, e 1 se quem sai tem mensagens privadas na sala; NAO_HA;
    -- ANTIGA; SEM_PERMISSAO; MUDOU se o alvo entrou ou saiu enquanto isso.
    ${SO_O_DONO}
    if (redis.call('HGET', nomes, alvo) or '') ~= alvoId then return { 'MUDOU' } end
    local pares = redis.call('HGETALL', expulsos)
    for posicao = 1, #pares, 2 do
      if tonumber(pares[posicao + 1]) <= agora then redis.call('HDEL', expulsos, pares[posicao]) end
    end
    if duracaoMs > 0 then
      redis.call('HSET', expulsos, alvo, string.format('%.0f', agora + duracaoMs))
    else
      redis.call('HDEL', expulsos, alvo)
    end
    local saida
    if alvoId ~= '' then
      local nome = redis.call('HGET', membros, alvoId)
      redis.call('HDEL', membros, alvoId)
      redis.call('HDEL', nomes, alvo)
      redis.call('HDEL', entradas, alvoId)
      local mudancas = redis.call('HINCRBY', dados, 'mudancas', 1)
      redis.call('HSET', dados, 'vaziaDesde', agora)
      saida = acrescentar({ mensagens }, 'SERVER', '', string.format(diz, nome))
      saida.saiu, saida.mudancas = alvoId, mudancas
    end
    local resposta = { 'OK', contar(), redis.call('SISMEMBER', comPrivadas, alvoId) }
    if saida then avisar(saida, 'todos') end
    return resposta`,
  ler: desfecho({ OK: tupla(situacao, sim), MUDOU: nada, ...DESFECHOS }),
});

export const passarNaSala = definirScript('passarNaSala', {
  chaves: ['dados', 'membros', 'nomes', 'mensagens'],
  argumentos: { ...ARGUMENTOS_DO_DONO, novoDono: 'texto', alvo: 'texto', alvoId: 'texto' },
  corpo: `-- Responde OK e a situação; NAO_HA; ANTIGA; SEM_PERMISSAO; FORA se o alvo não está na sala.
    ${SO_O_DONO} ${DAR}
    if redis.call('HGET', nomes, alvo) ~= alvoId then return { 'FORA' } end
    local posse
    if alvoId ~= eu then posse = darA(alvoId, redis.call('HGET', membros, alvoId), alvo) end
    local resposta = { 'OK', contar() }
    if posse then avisar(posse, 'todos') end
    return resposta`,
  ler: desfecho({ OK: tupla(situacao), FORA: nada, ...DESFECHOS }),
});

export const deixarDeSerDono = definirScript('deixarDeSerDono', {
  chaves: ['dados', 'membros', 'nomes', 'mensagens', 'entradas'],
  argumentos: { ...ARGUMENTOS_DO_DONO, novoDono: 'texto' },
  corpo: `-- A sessão acabou, e não está na sala. Responde OK e a situação; NAO_HA; ANTIGA.
    ${ACRESCENTAR} ${ABRIR} ${CONTAR} ${DAR} ${PASSAR_ADIANTE}
    local problema = abrir()
    if problema then return { problema } end
    local posse = passarAdiante()
    local resposta = { 'OK', contar() }
    if posse then avisar(posse, 'todos') end
    return resposta`,
  ler: desfecho({ OK: tupla(situacao), NAO_HA: nada, ANTIGA: nada }),
});

export const anotarNaSessao = definirScript('anotarNaSessao', {
  chaves: ['sessoes', 'conjunto'],
  argumentos: { id: 'texto', sala: 'texto' },
  corpo: `-- Responde 0, sem efeito, se a sessão acabou ou está acabando.
    local texto = redis.call('HGET', sessoes, id)
    local movimento = texto and cjson.decode(texto).movimento
    if not texto or (movimento and movimento.tipo == 'encerrar') then return 0 end
    redis.call('SADD', conjunto, sala)
    return 1`,
  ler: sim,
});
