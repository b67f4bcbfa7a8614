/**
 * O que se faz de uma vez para enviar uma mensagem: com o que é da sessão, que a prepara; com o que é da sala, que a grava;
 * e, num Redis só, em que um script alcança as duas, tudo.
 */

import { desfecho, nada, numero, texto, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import { OCUPAR } from './limites.ts';
import { ACRESCENTAR, ARGUMENTOS_DE_ACRESCENTAR, CAMPOS_DE_ACRESCENTAR } from './mensagens.ts';
import { LEMBRAR } from './repeticoes.ts';

const CHAVES_DA_SESSAO = ['sessoes', 'ritmo', 'usos', 'usosAntigos', 'rastros'] as const;

const CHAVES_DA_SALA = [
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
] as const;

const ARGUMENTOS_DO_PREPARO = {
  agora: 'numero',
  eu: 'texto',
  maximo: 'numero',
  janelaMs: 'numero',
  comChave: 'logico',
  chave: 'texto',
  sala: 'texto',
} as const;

const ARGUMENTOS_DA_GRAVACAO = {
  ...ARGUMENTOS_DE_ACRESCENTAR,
  eu: 'texto',
  conteudo: 'texto',
  privada: 'logico',
  /** O nome do destinatário, como se compara, e o id da sessão dele. */
  destinatario: 'texto',
  destinatarioId: 'texto',
  comChave: 'logico',
  chave: 'texto',
} as const;

/**
 * Lua: `preparar()` ocupa um lugar no limite e anota em que sala a chave se usa. Responde PREPARADO, e em quantos ms haverá
 * lugar, 0 se havia; NAO_AUTENTICADO; OUTRA_SALA e qual; FORA_DA_SALA se a sessão não está nela nem está entrando.
 * `devolver()` devolve o lugar que ocupou. Usam LEMBRAR, as chaves da sessão e os argumentos do preparo.
 */
const PREPARAR = `${OCUPAR}
local function preparar()
  local texto = redis.call('HGET', sessoes, eu)
  local sessao = texto and cjson.decode(texto) or {}
  local movimento = sessao.movimento or {}
  if not texto or movimento.tipo == 'encerrar' then return { 'NAO_AUTENTICADO' } end
  local usada = comChave and lembrada(usos, usosAntigos, chave)
  if usada and usada ~= sala then return { 'OUTRA_SALA', usada } end
  -- Antes de anotar: os nomes de sala que alguém inventa não têm fim.
  local esta = false
  for _, onde in ipairs({ sessao.sala or {}, movimento.destino or {} }) do esta = esta or onde.chave == sala end
  if not usada and not esta then return { 'FORA_DA_SALA' } end
  local tenteEm = ocupar(ritmo, maximo, janelaMs)
  if tenteEm == 0 and comChave and not usada then
    redis.call('SADD', rastros, sala)
    lembrar(usos, usosAntigos, chave, sala)
  end
  return { 'PREPARADO', tenteEm }
end
local function devolver()
  if maximo > 0 then redis.call('RPOP', ritmo) end
end
`;

/**
 * Lua: `gravar(tenteEm)` responde OK, id, nome da sala, remetente e destinatário; REPETIDA e a mensagem em JSON; ANULADA se a
 * chave de repetição se usou em outra sala; FORA_DA_SALA; SILENCIADO; DESTINATARIO_FORA_DA_SALA. Com `tenteEm` maior que 0
 * não há lugar no limite: se gravaria, não grava, e responde CHEIO e `tenteEm`. Usa LEMBRAR, as chaves da sala e os
 * argumentos da gravação.
 */
const GRAVAR = `${ACRESCENTAR}
local function gravar(tenteEm)
  local guardada = comChave and lembrada(envios, antigos, chave)
  if guardada == '' then return { 'ANULADA' } end
  if guardada then return { 'REPETIDA', guardada } end
  local origem = redis.call('HGET', membros, eu)
  if not origem then return { 'FORA_DA_SALA' } end
  local campos = redis.call('HMGET', dados, ${CAMPOS_DE_ACRESCENTAR}, 'dono', 'donoChave', 'silenciada')
  local dono, donoChave, silenciada = unpack(campos, 4)
  if dono ~= eu and not (privada and destinatario == donoChave) then
    if silenciada or redis.call('SISMEMBER', silenciados, eu) == 1 then return { 'SILENCIADO' } end
  end
  local destino = ''
  if privada then
    destino = redis.call('HGET', nomes, destinatario) == destinatarioId and redis.call('HGET', membros, destinatarioId)
    if not destino then return { 'DESTINATARIO_FORA_DA_SALA' } end
  end
  if tenteEm > 0 then return { 'CHEIO', tenteEm } end
  local fluxos, visivel = { mensagens }, 'todos'
  if privada then
    fluxos, visivel = { minhasPrivadas }, eu
    if destinatarioId ~= eu then
      fluxos, visivel = { minhasPrivadas, privadasDoDestino }, eu .. ',' .. destinatarioId
    end
    redis.call('SADD', comPrivadas, eu, destinatarioId)
  end
  local gravada = acrescentar(fluxos, origem, destino, conteudo, campos)
  if privada then redis.call('HSET', ultimasPrivadas, eu, gravada.id, destinatarioId, gravada.id) end
  if comChave then
    local mensagem = { id = gravada.id, sala = gravada.nome, origem = origem, destino = destino, conteudo = conteudo,
      instante = instante }
    lembrar(envios, antigos, chave, cjson.encode(mensagem))
  end
  avisar(gravada, visivel)
  return { 'OK', gravada.id, gravada.nome, origem, destino }
end
`;

const RECUSAS_DO_PREPARO = { NAO_AUTENTICADO: nada, OUTRA_SALA: tupla(texto), FORA_DA_SALA: nada };

const DESFECHOS_DA_GRAVACAO = {
  OK: tupla(numero, texto, texto, texto),
  REPETIDA: tupla(texto),
  ANULADA: nada,
  FORA_DA_SALA: nada,
  SILENCIADO: nada,
  DESTINATARIO_FORA_DA_SALA: nada,
  CHEIO: tupla(numero),
};

export const prepararEnvio = definirScript('prepararEnvio', {
  chaves: CHAVES_DA_SESSAO,
  argumentos: ARGUMENTOS_DO_PREPARO,
  corpo: `-- Responde o que \`preparar\` respondeu.
    ${LEMBRAR} ${PREPARAR}
    return preparar()`,
  ler: desfecho({ PREPARADO: tupla(numero), ...RECUSAS_DO_PREPARO }),
});

export const gravarEnvio = definirScript('gravarEnvio', {
  chaves: CHAVES_DA_SALA,
  argumentos: { ...ARGUMENTOS_DA_GRAVACAO, tenteEm: 'numero' },
  corpo: `-- Responde o que \`gravar\` respondeu.
    ${LEMBRAR} ${GRAVAR}
    return gravar(tenteEm)`,
  ler: desfecho(DESFECHOS_DA_GRAVACAO),
});

/** As chaves são de dois hash slots: só num Redis que não as reparte. */
export const enviarDeUmaVez = definirScript('enviarDeUmaVez', {
  chaves: [...CHAVES_DA_SESSAO, ...CHAVES_DA_SALA],
  argumentos: { ...ARGUMENTOS_DO_PREPARO, ...ARGUMENTOS_DA_GRAVACAO },
  corpo: `-- Responde o que \`gravar\` respondeu ou, se \`preparar\` recusou, o que ele respondeu. Só quem grava fica com o lugar.
    ${LEMBRAR} ${PREPARAR} ${GRAVAR}
    local preparo = preparar()
    local desfecho, tenteEm = unpack(preparo)
    if desfecho ~= 'PREPARADO' then return preparo end
    local gravacao = gravar(tenteEm)
    if tenteEm == 0 and gravacao[1] ~= 'OK' then devolver() end
    return gravacao`,
  ler: desfecho({ ...RECUSAS_DO_PREPARO, ...DESFECHOS_DA_GRAVACAO }),
});

/** O que houve com um envio. */
export type DesfechoDoEnvio = ReturnType<typeof enviarDeUmaVez.ler>;
