/** O que se faz de uma vez com uma sessão que entra, sai ou acaba: reservá-la, assumi-la, concluir. */

import { desfecho, json, nada, numero, ou, sim, tupla } from '../../../redis/resposta.ts';
import { definirScript } from '../../../redis/script.ts';
import type { SessaoEmMovimento } from '../formato/registros.ts';
import { OCUPAR } from './limites.ts';

/** Quanto dura um movimento: o que dele não se fez nesse tempo já não se faz. */
const DURACAO_DO_MOVIMENTO_MS = 1_000;
/** Quanto depois disso outro pode assumi-lo: o que um passo pode demorar a chegar ao Redis. */
export const FOLGA_DO_MOVIMENTO_MS = 500;

const sessaoEmMovimento = json<SessaoEmMovimento>();

export const iniciarMovimento = definirScript('iniciarMovimento', {
  chaves: ['sessoes', 'movimentos', 'presentes', 'ausentes', 'contador', 'ritmo'],
  argumentos: {
    agora: 'numero',
    id: 'texto',
    tipo: 'texto',
    /** A sala em JSON, ou vazio. */
    destino: 'texto',
    /** Só se está na sala com este id, ou vazio. */
    daSala: 'texto',
    maximo: 'numero',
    janelaMs: 'numero',
    /** O que tem de valer ainda, ou vazio. */
    condicao: 'texto',
    prazoMs: 'numero',
    /** Onde se avisa de que a sessão acaba. */
    canal: 'texto',
  },
  corpo: `-- Reserva a sessão para um movimento. Responde OK e a sessão em JSON; NAO_AUTENTICADO; OCUPADA e por quantos ms;
    -- ABANDONADO; VOLTOU se a condição já não vale; FORA_DA_SALA; JA_ESTA; CHEIO e por quantos ms.
    ${OCUPAR}
    local texto = redis.call('HGET', sessoes, id)
    if not texto then return { 'NAO_AUTENTICADO' } end
    local sessao = cjson.decode(texto)
    if sessao.movimento then
      local resta = sessao.movimento.ate + ${FOLGA_DO_MOVIMENTO_MS} - agora
      if resta > 0 then return { 'OCUPADA', resta } end
      return { 'ABANDONADO' }
    end
    if condicao ~= '' then
      local visto = tonumber(redis.call('ZSCORE', presentes, id) or redis.call('ZSCORE', ausentes, id) or 0)
      if condicao == 'sem_chamada' then
        if sessao.confirmada then return { 'VOLTOU' } end
      elseif agora - visto < prazoMs then
        return { 'VOLTOU' }
      elseif condicao == 'ausente' then
        redis.call('ZREM', presentes, id)
        redis.call('ZADD', ausentes, visto, id)
      end
    end
    local sala = destino ~= '' and cjson.decode(destino) or nil
    if (tipo == 'sair' or tipo == 'expulsar') and not sessao.sala then return { 'FORA_DA_SALA' } end
    if daSala ~= '' and sessao.sala.id ~= tonumber(daSala) then return { 'FORA_DA_SALA' } end
    if sala and sessao.sala and sessao.sala.id == sala.id then return { 'JA_ESTA' } end
    local tenteEm = ocupar(ritmo, maximo, janelaMs)
    if tenteEm > 0 then return { 'CHEIO', tenteEm } end
    local ate = agora + ${DURACAO_DO_MOVIMENTO_MS}
    sessao.movimento = { tipo = tipo, numero = redis.call('INCR', contador), ate = ate, destino = sala }
    texto = cjson.encode(sessao)
    redis.call('HSET', sessoes, id, texto)
    redis.call('ZADD', movimentos, ate, id)
    if tipo == 'encerrar' then redis.pcall('SPUBLISH', canal, id) end
    return { 'OK', texto }`,
  ler: desfecho({
    OK: tupla(sessaoEmMovimento),
    NAO_AUTENTICADO: nada,
    OCUPADA: tupla(numero),
    ABANDONADO: nada,
    VOLTOU: nada,
    FORA_DA_SALA: nada,
    JA_ESTA: nada,
    CHEIO: tupla(numero),
  }),
});

export const assumirMovimento = definirScript('assumirMovimento', {
  chaves: ['sessoes', 'movimentos', 'contador'],
  argumentos: { agora: 'numero', id: 'texto' },
  corpo: `-- Fica com um movimento que alguém deixou no meio. Responde a sessão em JSON, ou nada se não há o que assumir.
    local texto = redis.call('HGET', sessoes, id)
    local sessao = texto and cjson.decode(texto)
    if not sessao or not sessao.movimento then
      redis.call('ZREM', movimentos, id)
      return false
    end
    if agora < sessao.movimento.ate + ${FOLGA_DO_MOVIMENTO_MS} then return false end
    sessao.movimento.ate = agora + ${DURACAO_DO_MOVIMENTO_MS}
    sessao.movimento.numero = redis.call('INCR', contador)
    texto = cjson.encode(sessao)
    redis.call('HSET', sessoes, id, texto)
    redis.call('ZADD', movimentos, sessao.movimento.ate, id)
    return texto`,
  ler: ou(sessaoEmMovimento),
});

export const concluirMovimento = definirScript('concluirMovimento', {
  chaves: ['sessoes', 'movimentos', 'rastros', 'proprias'],
  argumentos: {
    id: 'texto',
    numero: 'numero',
    /** A sala em que fica, em JSON, ou vazio. */
    sala: 'texto',
    /** A sala de que saiu e em que deixou mensagens privadas, como se compara, ou vazio. */
    rastro: 'texto',
    /** A sala de que passou a ser dona ao entrar, como se compara, ou vazio. */
    propria: 'texto',
  },
  corpo: `-- Responde 1, ou 0 se outro já o assumiu.
    local texto = redis.call('HGET', sessoes, id)
    local sessao = texto and cjson.decode(texto)
    if not sessao or not sessao.movimento or sessao.movimento.numero ~= numero then return 0 end
    sessao.movimento = nil
    sessao.sala = sala ~= '' and cjson.decode(sala) or nil
    if rastro ~= '' then redis.call('SADD', rastros, rastro) end
    if propria ~= '' then redis.call('SADD', proprias, propria) end
    redis.call('HSET', sessoes, id, cjson.encode(sessao))
    redis.call('ZREM', movimentos, id)
    return 1`,
  ler: sim,
});

export const apagarSessao = definirScript('apagarSessao', {
  chaves: [
    'sessoes',
    'movimentos',
    'tokens',
    'presentes',
    'ausentes',
    'novas',
    'usos',
    'usosAntigos',
    'rastros',
    'proprias',
  ],
  argumentos: { id: 'texto', numero: 'numero' },
  corpo: `-- Sem efeito se outro já assumiu o movimento que a encerra.
    local texto = redis.call('HGET', sessoes, id)
    local sessao = texto and cjson.decode(texto)
    if not sessao or not sessao.movimento or sessao.movimento.numero ~= numero then return 0 end
    redis.call('UNLINK', usos, usosAntigos, rastros, proprias)
    redis.call('HDEL', sessoes, id)
    redis.call('HDEL', tokens, sessao.hash)
    for _, conjunto in ipairs({ movimentos, presentes, ausentes, novas }) do redis.call('ZREM', conjunto, id) end
    return 1`,
  ler: nada,
});
