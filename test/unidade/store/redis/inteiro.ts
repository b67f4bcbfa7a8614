/** O que tem de valer de tudo o que está num Redis quando ninguém está no meio de nada. */

import { expect } from 'vitest';
import { textoDeEntrada, textoDeSaida } from '../../../../src/dominio/mensagens.ts';
import type { RedisConnection } from '../../../../src/redis/connection.ts';
import { chaveDoDono, chavesDaSala, INDICE } from '../../../../src/store/redis/chaves.ts';
import type { SessaoNoRedis } from '../../../../src/store/redis/respostas.ts';

type Sessoes = ReadonlyMap<string, SessaoNoRedis>;
type Entrada = readonly [id: string, campos: readonly string[]];

/** Só de um Redis, não de um cluster: procura as chaves por nome. */
export async function expectTudoInteiro(redis: RedisConnection): Promise<void> {
  const sessoes = await lerSessoes(redis);
  expect(
    [...sessoes.values()].filter(({ movimento }) => movimento),
    'ninguém está no meio de um movimento',
  ).toEqual([]);
  expect(await listarChaves(redis, '*:movimentos')).toEqual([]);
  await expectNomes(redis, sessoes);
  const salas = await lerHash(redis, INDICE.salas);
  expect(await listarChaves(redis, INDICE.removidas), 'nenhuma sala ficou por apagar').toEqual([]);
  for (const chave of await listarChaves(redis, 'chat:{s:*}:*')) {
    const sala = /\{s:(.*)\}/.exec(chave)?.[1] as string;
    if ((await redis.comando(chave, 'TTL', chave)) === -1)
      expect(salas, `${chave} é de uma sala que há`).toHaveProperty(sala);
  }
  const privadas = await listarChaves(redis, 'chat:{s:*}:privadas:*');
  for (const chave of privadas)
    expect(sessoes.has(chave.split(':').at(-1) as string), `${chave} é de alguém`).toBe(true);
  for (const chave of Object.keys(salas)) await expectSala(redis, chave, sessoes);
}

export async function listarChaves(redis: RedisConnection, padrao: string): Promise<string[]> {
  return ((await redis.comando(padrao, 'KEYS', padrao)) as string[]).sort();
}

async function expectNomes(redis: RedisConnection, sessoes: Sessoes): Promise<void> {
  const donos = await listarChaves(redis, 'chat:{n:*}:dono');
  expect(donos, 'cada nome tem uma sessão, e cada sessão o seu nome').toEqual(
    [...sessoes.values()].map(({ nome }) => chaveDoDono(nome)).sort(),
  );
  for (const { nome, hash } of sessoes.values()) {
    expect(await redis.comando(chaveDoDono(nome), 'GET', chaveDoDono(nome))).toBe(hash);
    expect(await redis.comando(chaveDoDono(nome), 'PTTL', chaveDoDono(nome)), `o nome ${nome} é para ficar`).toBe(-1);
  }
}

async function expectSala(redis: RedisConnection, chave: string, sessoes: Sessoes): Promise<void> {
  const { dados, membros, nomes, mensagens } = chavesDaSala(chave);
  const esperados = Object.fromEntries(
    [...sessoes].filter(([, { sala }]) => sala?.chave === chave).map(([id, { nome }]) => [id, nome]),
  );
  const presentes = await lerHash(redis, membros);
  expect(presentes, `está em ${chave} quem a sessão diz que está`).toEqual(esperados);
  expect(Object.values(await lerHash(redis, nomes)).sort(), `os nomes de ${chave}`).toEqual(
    Object.keys(esperados).sort(),
  );
  if (Object.keys(presentes).length === 0) {
    expect(await redis.comando(INDICE.vazias, 'ZSCORE', INDICE.vazias, chave), `${chave} será removida`).not.toBeNull();
  }
  expect(await redis.comando(dados, 'HEXISTS', dados, 'fechada'), `${chave} está aberta`).toBe(0);
  const fluxo = (await redis.comando(mensagens, 'XRANGE', mensagens, '-', '+')) as Entrada[];
  const ditas = fluxo.map(([, [, origem, , , , conteudo = '']]) => ({ origem, conteudo }));
  for (const nome of new Set([...sessoes.values()].map((sessao) => sessao.nome))) {
    const dele = ditas.filter(
      ({ origem, conteudo }) => origem === 'SERVER' && [textoDeEntrada(nome), textoDeSaida(nome)].includes(conteudo),
    );
    const esperadas = dele.map((_, indice) => (indice % 2 === 0 ? textoDeEntrada(nome) : textoDeSaida(nome)));
    expect(
      dele.map(({ conteudo }) => conteudo),
      `entradas e saídas de ${nome} em ${chave}`,
    ).toEqual(esperadas);
    const dentro = Object.values(presentes).includes(nome);
    expect(dele.length % 2, `${nome} ${dentro ? 'entrou por último' : 'saiu por último'} em ${chave}`).toBe(
      dentro ? 1 : 0,
    );
  }
}

/** São muitas as faixas, e poucas as que têm alguém: só essas se leem. */
async function lerSessoes(redis: RedisConnection): Promise<Sessoes> {
  const porFaixa = await Promise.all(
    (await listarChaves(redis, 'chat:{p*}:sessoes')).map((sessoes) => lerHash(redis, sessoes)),
  );
  return new Map(
    porFaixa.flatMap((sessoes) => Object.entries(sessoes).map(([id, texto]) => [id, JSON.parse(texto)] as const)),
  );
}

async function lerHash(redis: RedisConnection, chave: string): Promise<Record<string, string>> {
  return { ...((await redis.comando(chave, 'HGETALL', chave)) as unknown as Record<string, string>) };
}
