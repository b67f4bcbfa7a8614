/** O que se faz de uma vez numa sala com quem entra e sai dela, e com a sala que se remove. */

import { desfecho, type Leitor, lista, nada, numero, ou, sim, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { mensagemDoFluxo, type Situacao } from '../formato/registros.ts';
import { ACRESCENTAR, ARGUMENTOS_DE_ACRESCENTAR, ULTIMAS } from './mensagens.ts';

/**
 * O que resta de uma sala apagada só diz que quem a procurava chegou tarde: a uma sala mais nova não diz nada.
 * Lua: `idDaqui(procurado)` responde o id da sala que está nestas chaves.
 */
export const ID_DAQUI = `
local function idDaqui(procurado)
  local id = redis.call('HGET', dados, 'id')
  if not id or tonumber(id) >= tonumber(procurado) then return id end
  if redis.call('HEXISTS', dados, 'apagada') == 0 then return id end
  redis.call('DEL', dados)
  return false
end
`;

/**
 * Lua: `contar()` responde quantas vezes alguém entrou ou saiu, quantos estão, desde quando não há ninguém, quantas vezes
 * mudou o que o dono configurou, e isso em JSON.
 */
export const CONTAR = `
local function contar()
  local mudancas, vaziaDesde, revisao, donoId, dono, topico, senha, silenciada, permanente = unpack(redis.call('HMGET',
    dados, 'mudancas', 'vaziaDesde', 'revisao', 'dono', 'donoNome', 'topico', 'senha', 'silenciada', 'permanente'))
  local temDono = donoId and donoId ~= ''
  return { tonumber(mudancas or 0), redis.call('HLEN', membros), vaziaDesde or agora, tonumber(revisao or 0),
    cjson.encode({ donoId = temDono and donoId or nil, dono = temDono and dono or nil, topico = topico or nil,
      temSenha = senha and true or false, silenciada = silenciada == '1', permanente = permanente == '1' }) }
end
`;

/**
 * Lua: `abrir()` prepara a sala em que ninguém mexeu ainda, e responde nada, NAO_HA ou ANTIGA. Usa `dados`, e os argumentos
 * de `ARGUMENTOS_DE_ABRIR`.
 */
export const ABRIR = `
${ID_DAQUI}
local function abrir()
  local id = idDaqui(salaId)
  if id and id ~= salaId then return tonumber(id) < tonumber(salaId) and 'ANTIGA' or 'NAO_HA' end
  if not id then
    redis.call('HSET', dados, 'id', salaId, 'nome', sala, 'ultimo', piso, 'dono', criador, 'donoNome', criadorNome,
      'donoChave', criadorChave)
  end
  if redis.call('HEXISTS', dados, 'fechada') == 1 then return 'NAO_HA' end
end
`;

export const ARGUMENTOS_DE_ABRIR = {
  salaId: 'texto',
  sala: 'texto',
  /** Os ids de mensagem da sala começam depois deste. */
  piso: 'texto',
  /** Quem a criou: o id da sessão, o nome, e o nome como se compara; vazios se não se sabe. */
  criador: 'texto',
  criadorNome: 'texto',
  criadorChave: 'texto',
} as const;

/**
 * Lua: `darA(id, nome, chave)` faz da sessão a dona da sala, e responde a mensagem gravada que o diz. Usa
 * `acrescentar`, a chave `mensagens`, e o argumento `novoDono`, com %s no lugar do nome.
 */
export const DAR = `
local function darA(id, nome, chave)
  redis.call('HSET', dados, 'dono', id, 'donoNome', nome, 'donoChave', chave)
  redis.call('HINCRBY', dados, 'revisao', 1)
  return acrescentar({ mensagens }, 'SERVER', '', string.format(novoDono, nome))
end
`;

/**
 * Lua: `passarAdiante()` tira a sala de `eu`, se é a dona, e a dá a quem está nela há mais tempo, ou a ninguém; responde o
 * que `darA` responde, ou nada. Quem entrou antes que se anotassem as entradas está há mais tempo. Usa `membros`,
 * `nomes` e `entradas`.
 */
export const PASSAR_ADIANTE = `
local function passarAdiante()
  if redis.call('HGET', dados, 'dono') ~= eu then return end
  local novo, desde
  local estao = redis.call('HGETALL', membros)
  for posicao = 1, #estao, 2 do
    local entrou = tonumber(redis.call('HGET', entradas, estao[posicao]) or 0)
    if estao[posicao] ~= eu and (not desde or entrou < desde) then novo, desde = posicao, entrou end
  end
  if not novo then
    redis.call('HSET', dados, 'dono', '', 'donoNome', '', 'donoChave', '')
    redis.call('HINCRBY', dados, 'revisao', 1)
    return
  end
  local chave = ''
  local pares = redis.call('HGETALL', nomes)
  for posicao = 1, #pares, 2 do
    if pares[posicao + 1] == estao[novo] then chave = pares[posicao] end
  end
  return darA(estao[novo], estao[novo + 1], chave)
end
`;

export const situacao: Leitor<Situacao> = tupla(numero, numero, numero, numero, texto);

/**
 * Quem procurou uma sala antes que fosse apagada já desistiu depois disto. Se a hora do Redis salta e isto acaba antes, o
 * que vinha a caminho da sala também é recusado, por chegar tarde; se acaba depois, uma sala nova o apaga.
 */
const LEMBRANCA_DA_APAGADA_MS = 10_000;

export const entrarNaSala = definirScript('entrarNaSala', {
  chaves: ['dados', 'membros', 'nomes', 'expulsos', 'mensagens', 'passagens', 'entradas', 'privadas'],
  argumentos: {
    ...ARGUMENTOS_DE_ACRESCENTAR,
    ...ARGUMENTOS_DE_ABRIR,
    /** A senha guardada contra a qual a que se deu já foi conferida, ou vazio. */
    senhaAceita: 'texto',
    novoDono: 'texto',
    soConferir: 'logico',
    eu: 'texto',
    nome: 'texto',
    nomeComparavel: 'texto',
    conteudo: 'texto',
  },
  corpo: `-- Responde OK, a situação, 1 se a sala é de quem entra, os nomes de quem está, as últimas de todos, as últimas
    -- privadas e a própria entrada; NAO_HA; ANTIGA se o que está lá é de outra sala, removida; EXPULSO e por quantos ms;
    -- PEDE_SENHA e a guardada; PODE, se era só para conferir.
    ${ACRESCENTAR} ${ULTIMAS} ${ABRIR} ${CONTAR} ${DAR}
    local problema = abrir()
    if problema then return { problema } end
    local dono, senha = unpack(redis.call('HMGET', dados, 'dono', 'senha'))
    local entrada, posse
    if redis.call('HEXISTS', membros, eu) == 0 then
      local ate = tonumber(redis.call('HGET', expulsos, nomeComparavel) or 0)
      if ate > agora then return { 'EXPULSO', ate - agora } end
      if senha and dono ~= eu and senha ~= senhaAceita then return { 'PEDE_SENHA', senha } end
      if soConferir then return { 'PODE' } end
      redis.call('HSET', membros, eu, nome)
      redis.call('HSET', nomes, nomeComparavel, eu)
      local mudancas = redis.call('HINCRBY', dados, 'mudancas', 1)
      entrada = acrescentar({ passagens }, 'SERVER', '', conteudo)
      entrada.entrou, entrada.mudancas = eu, mudancas
      redis.call('HSET', entradas, eu, entrada.id)
      if not dono or dono == '' then posse = darA(eu, nome, nomeComparavel) end
    end
    local minha = redis.call('HGET', dados, 'dono') == eu
    local resposta = { 'OK', contar(), minha and 1 or 0, redis.call('HVALS', membros), ultimas(mensagens),
      ultimas(privadas), entradaDe(eu) }
    if entrada then avisar(entrada, 'todos') end
    if posse then avisar(posse, 'todos') end
    return resposta`,
  ler: desfecho({
    OK: tupla(situacao, sim, lista(texto), lista(mensagemDoFluxo), lista(mensagemDoFluxo), lista(mensagemDoFluxo)),
    NAO_HA: nada,
    ANTIGA: nada,
    EXPULSO: tupla(numero),
    PEDE_SENHA: tupla(texto),
    PODE: nada,
  }),
});

export const sairDaSala = definirScript('sairDaSala', {
  chaves: ['dados', 'membros', 'nomes', 'mensagens', 'passagens', 'entradas', 'comPrivadas'],
  argumentos: {
    ...ARGUMENTOS_DE_ACRESCENTAR,
    /** A sessão acaba: a sala não pode continuar dela. */
    encerra: 'logico',
    novoDono: 'texto',
    salaId: 'texto',
    eu: 'texto',
    nomeComparavel: 'texto',
    conteudo: 'texto',
  },
  corpo: `-- Responde a situação, e 1 se quem sai tem mensagens privadas na sala; nada se a sala já não existe. Quem não estava
    -- não sai.
    ${ACRESCENTAR} ${CONTAR} ${DAR} ${PASSAR_ADIANTE}
    if redis.call('HGET', dados, 'id') ~= salaId then return false end
    local saida, posse
    if redis.call('HDEL', membros, eu) == 1 then
      if redis.call('HGET', nomes, nomeComparavel) == eu then redis.call('HDEL', nomes, nomeComparavel) end
      local mudancas = redis.call('HINCRBY', dados, 'mudancas', 1)
      redis.call('HDEL', entradas, eu)
      saida = acrescentar({ passagens }, 'SERVER', '', conteudo)
      saida.saiu, saida.mudancas = eu, mudancas
      redis.call('HSET', dados, 'vaziaDesde', agora)
    end
    if encerra then posse = passarAdiante() end
    local resposta = { contar(), redis.call('SISMEMBER', comPrivadas, eu) }
    if saida then avisar(saida, 'todos') end
    if posse then avisar(posse, 'todos') end
    return resposta`,
  ler: ou(tupla(situacao, sim)),
});

export const contarNaSala = definirScript('contarNaSala', {
  chaves: ['dados', 'membros'],
  argumentos: { agora: 'numero', salaId: 'texto', eu: 'texto' },
  corpo: `-- Responde a situação, 1 se a sessão está na sala, e 1 se a sala é dela; nada se a sala já não existe.
    ${CONTAR}
    if redis.call('HGET', dados, 'id') ~= salaId then return false end
    local minha = redis.call('HGET', dados, 'dono') == eu
    return { contar(), redis.call('HEXISTS', membros, eu), minha and 1 or 0 }`,
  ler: ou(tupla(situacao, sim, sim)),
});

export const apagarRastros = definirScript('apagarRastros', {
  chaves: ['privadas', 'envios', 'antigos', 'comPrivadas', 'ultimasPrivadas', 'silenciados'],
  argumentos: { eu: 'texto' },
  corpo: `-- A sessão acabou: ninguém mais lê as suas mensagens privadas, nem repete os seus envios.
    redis.call('UNLINK', privadas, envios, antigos)
    redis.call('SREM', comPrivadas, eu)
    redis.call('HDEL', ultimasPrivadas, eu)
    redis.call('SREM', silenciados, eu)
    return 1`,
  ler: nada,
});

export const fecharSala = definirScript('fecharSala', {
  chaves: ['dados', 'membros'],
  argumentos: { agora: 'numero', salaId: 'texto', inativaMs: 'numero' },
  corpo: `-- Ninguém mais entra. Responde FECHADA e o último id de mensagem; OCUPADA ou CEDO (também a permanente) e a
    -- situação; ANTIGA; NAO_HA.
    ${ID_DAQUI} ${CONTAR}
    local id = idDaqui(salaId)
    if id and id ~= salaId then return { tonumber(id) < tonumber(salaId) and 'ANTIGA' or 'NAO_HA' } end
    if redis.call('HLEN', membros) > 0 then return { 'OCUPADA', contar() } end
    if redis.call('HGET', dados, 'permanente') == '1' then return { 'CEDO', contar() } end
    local desde = redis.call('HGET', dados, 'vaziaDesde')
    if desde and agora - desde < inativaMs then return { 'CEDO', contar() } end
    redis.call('HSET', dados, 'id', salaId, 'fechada', 1)
    return { 'FECHADA', redis.call('HGET', dados, 'ultimo') or '0' }`,
  ler: desfecho({ FECHADA: tupla(texto), OCUPADA: tupla(situacao), CEDO: tupla(situacao), ANTIGA: nada, NAO_HA: nada }),
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
