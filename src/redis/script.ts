/**
 * Um script: o que o Redis executa de uma vez, sem que nada aconteça entre um passo e outro.
 * Só toca nas chaves que lhe são dadas. Com todas do mesmo hash slot serve também a um Redis Cluster.
 */

import { createHash } from 'node:crypto';
import type { Leitor } from './resposta.ts';

/** De que tipo é um argumento, e assim a variável de Lua que o recebe. */
export type TipoDeArgumento = 'texto' | 'numero' | 'logico';
type Argumentos = Readonly<Record<string, TipoDeArgumento>>;

interface ValorDoTipo {
  readonly texto: string;
  readonly numero: number;
  readonly logico: boolean;
}

export type ChavesDoScript<C extends string> = Readonly<Record<C, string>>;
export type ArgumentosDoScript<A extends Argumentos> = { readonly [Nome in keyof A]: ValorDoTipo[A[Nome]] };

/** O que uma chamada dá além das chaves e dos argumentos com nome, quando o script aceita mais. */
export interface Demais {
  readonly chaves?: readonly string[];
  readonly argumentos?: readonly (string | number)[];
}

export interface Script<C extends string = string, A extends Argumentos = Argumentos, R = unknown> {
  /** Como aparece no log quando falha. */
  readonly nome: string;
  readonly texto: string;
  /** Com que o EVALSHA o acha. */
  readonly sha1: string;
  readonly chaves: readonly C[];
  readonly tipos: A;
  /** Os nomes dos argumentos, na ordem em que vão. */
  readonly argumentos: readonly string[];
  readonly ler: Leitor<R>;
}

interface Definicao<C extends string, A extends Argumentos, R> {
  /** Os nomes das chaves: cada uma chega ao corpo numa variável local com o nome dela. */
  readonly chaves: readonly C[];
  /** Os nomes e os tipos dos argumentos, que chegam do mesmo modo. */
  readonly argumentos?: A;
  /** O nome da tabela com as chaves que vêm depois das que têm nome. */
  readonly demaisChaves?: string;
  /** O nome da tabela com os argumentos que vêm depois dos que têm nome. */
  readonly demaisArgumentos?: string;
  /** Lua. O comentário que o abre diz o que faz e o que responde. */
  readonly corpo: string;
  readonly ler: Leitor<R>;
}

/** O que a hora do Redis, como se sabe aqui, pode estar errada a mais. */
const FOLGA_MS = 100;

/**
 * Um comando que ficou preso no caminho não age depois que quem o mandou desistiu: os dois primeiros argumentos são até
 * quando ele vale, no relógio do Redis, em ms desde 1970, e por quanto tempo. O que parece valer por mais tempo que isso
 * foi escrito antes que alguém atrasasse esse relógio. A hora dos dados não é dele que vem: é um argumento.
 */
const PREAMBULO = `local segundos, microssegundos = unpack(redis.call('TIME'))
local horaDoRedis = segundos * 1000 + math.floor(microssegundos / 1000)
local restaMs = tonumber(ARGV[1]) - horaDoRedis
if restaMs < 0 or restaMs > tonumber(ARGV[2]) + ${FOLGA_MS} then
  return redis.error_reply('TARDE o prazo do comando passou')
end
`;

/** Quantos argumentos vêm antes dos que têm nome. */
const DO_PREAMBULO = 2;

export function definirScript<C extends string, A extends Argumentos, R>(
  nome: string,
  { chaves, argumentos: tipos = {} as A, demaisChaves, demaisArgumentos, corpo, ler }: Definicao<C, A, R>,
): Script<C, A, R> {
  const argumentos = Object.keys(tipos);
  const locais = [
    ...chaves.map((chave, indice) => `local ${chave} = KEYS[${indice + 1}]`),
    ...Object.entries(tipos).map(
      ([nome, tipo], indice) => `local ${nome} = ${emLua(`ARGV[${indice + 1 + DO_PREAMBULO}]`, tipo)}`,
    ),
    ...(demaisChaves ? [`local ${demaisChaves} = { unpack(KEYS, ${chaves.length + 1}) }`] : []),
    ...(demaisArgumentos
      ? [`local ${demaisArgumentos} = { unpack(ARGV, ${argumentos.length + 1 + DO_PREAMBULO}) }`]
      : []),
  ];
  const texto = `${PREAMBULO}${locais.join('\n')}\n${corpo}`;
  return { nome, texto, sha1: createHash('sha1').update(texto).digest('hex'), chaves, tipos, argumentos, ler };
}

function emLua(valor: string, tipo: TipoDeArgumento): string {
  if (tipo === 'numero') return `tonumber(${valor})`;
  return tipo === 'logico' ? `${valor} == '1'` : valor;
}

/** O que vai depois do nome do script num EVALSHA, e a chave que decide o hash slot. */
export function emComando<C extends string, A extends Argumentos>(
  { chaves, argumentos }: Script<C, A>,
  valores: { readonly chaves: ChavesDoScript<C>; readonly argumentos: ArgumentosDoScript<A>; readonly demais: Demais },
  prazo: { readonly ate: number; readonly duracaoMs: number },
): { readonly chave: string; readonly resto: string[] } {
  const asChaves = chaves.map((nome) => valores.chaves[nome]);
  const osArgumentos = argumentos.map((nome) => emTexto(valores.argumentos[nome]));
  const { chaves: maisChaves = [], argumentos: maisArgumentos = [] } = valores.demais;
  const resto = [
    String(asChaves.length + maisChaves.length),
    ...asChaves,
    ...maisChaves,
    String(prazo.ate),
    String(prazo.duracaoMs),
    ...osArgumentos,
    ...maisArgumentos.map(String),
  ];
  return { chave: asChaves[0] ?? maisChaves[0] ?? '', resto };
}

function emTexto(valor: string | number | boolean | undefined): string {
  if (typeof valor === 'boolean') return valor ? '1' : '0';
  return String(valor);
}
