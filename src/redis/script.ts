/**
 * Um script: o que o Redis executa de uma vez, sem que nada se meta no meio.
 * Só toca nas chaves que lhe são dadas, todas do mesmo hash slot: serve a um Redis e a um Redis Cluster.
 */

import { createHash } from 'node:crypto';

export interface Script {
  /** Como aparece no log quando falha. */
  readonly nome: string;
  readonly texto: string;
  /** Com que o EVALSHA o acha. */
  readonly sha1: string;
}

/**
 * Um comando que ficou preso no caminho não age depois que quem o mandou desistiu: o primeiro argumento é o prazo,
 * no relógio do Redis. Deixa em `agora` a hora desse relógio, em ms desde 1970.
 */
const PREAMBULO = `local tempo = redis.call('TIME')
local agora = tempo[1] * 1000 + math.floor(tempo[2] / 1000)
if agora > tonumber(ARGV[1]) then return redis.error_reply('TARDE o prazo do comando passou') end
table.remove(ARGV, 1)
`;

/** @param corpo Lua; recebe `agora`, KEYS e ARGV. O comentário que o abre diz as chaves, os argumentos e as respostas */
export function definirScript(nome: string, corpo: string): Script {
  const texto = PREAMBULO + corpo;
  return { nome, texto, sha1: createHash('sha1').update(texto).digest('hex') };
}
