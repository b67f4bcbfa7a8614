/** O que tem de valer de tudo o que está num Redis quando ninguém está fazendo nada. */

import { expect } from 'vitest';
import { textoDeEntrada, textoDeSaida } from '../../../../src/dominio/mensagens.ts';
import { textoDaExpulsao } from '../../../../src/dominio/salas.ts';
import type { RedisConnection } from '../../../../src/redis/connection.ts';
import { lista, numero, ou, pares, texto } from '../../../../src/redis/resposta.ts';
import { chaveDoDono, chavesDaSala, chavesDaSessao, INDICE } from '../../../../src/store/redis/formato/chaves.ts';
import { mensagemDoFluxo, type SessaoGuardada } from '../../../../src/store/redis/formato/registros.ts';

type Sessoes = ReadonlyMap<string, SessaoGuardada>;

/** Só de um Redis, não de um cluster: procura as chaves por nome. */
export async function expectTudoInteiro(redis: RedisConnection): Promise<void> {
  const sessoes = await lerSessoes(redis);
  expect(
    [...sessoes.values()].filter(({ movimento }) => movimento),
    'nenhum movimento ficou por acabar',
  ).toEqual([]);
  expect(await listarChaves(redis, '*:movimentos')).toEqual([]);
  await expectNomes(redis, sessoes);
  const salas = await lerHash(redis, INDICE.salas);
  expect(await listarChaves(redis, INDICE.removidas), 'nenhuma sala ficou por apagar').toEqual([]);
  const deSessoes = /:(privadas|envios|envios-antigos|usos|usos-antigos|rastros|proprias):(\d+)$/;
  for (const chave of await listarChaves(redis, 'chat:*')) {
    const sessao = deSessoes.exec(chave)?.[2];
    if (sessao) expect(sessoes.has(sessao), `${chave} é de alguém`).toBe(true);
    const sala = /\{s:(.*)\}:(?!envios)/.exec(chave)?.[1];
    if (sala !== undefined && (await redis.comando(numero, chave, 'TTL', chave)) === -1)
      expect(salas, `${chave} é de uma sala que há`).toHaveProperty(sala);
  }
  expect(Object.keys(await lerHash(redis, INDICE.ocupacao)).sort()).toEqual(Object.keys(salas).sort());
  for (const chave of Object.keys(salas)) await expectSala(redis, chave, sessoes);
}

async function listarChaves(redis: RedisConnection, padrao: string): Promise<string[]> {
  return (await redis.comando(lista(texto), padrao, 'KEYS', padrao)).sort();
}

async function expectNomes(redis: RedisConnection, sessoes: Sessoes): Promise<void> {
  const donos = await listarChaves(redis, 'chat:{n:*}:dono');
  expect(donos, 'cada nome tem uma sessão, e cada sessão o seu nome').toEqual(
    [...sessoes.values()].map(({ nome }) => chaveDoDono(nome)).sort(),
  );
  for (const { nome, hash } of sessoes.values()) {
    const dono = chaveDoDono(nome);
    expect(await redis.comando(texto, dono, 'GET', dono)).toBe(hash);
    expect(await redis.comando(numero, dono, 'PTTL', dono), `o nome ${nome} é para ficar`).toBe(-1);
  }
}

async function expectSala(redis: RedisConnection, chave: string, sessoes: Sessoes): Promise<void> {
  const { dados, membros, nomes, entradas, mensagens, passagens } = chavesDaSala(chave);
  const esperados = Object.fromEntries(
    [...sessoes].filter(([, { sala }]) => sala?.chave === chave).map(([id, { nome }]) => [id, nome]),
  );
  const presentes = await lerHash(redis, membros);
  expect(presentes, `está em ${chave} quem a sessão diz que está`).toEqual(esperados);
  expect(Object.values(await lerHash(redis, nomes)).sort(), `os nomes de ${chave}`).toEqual(
    Object.keys(esperados).sort(),
  );
  const quantos = Object.keys(presentes).length;
  const ocupacao = (await lerHash(redis, INDICE.ocupacao))[chave] as string;
  expect(Number(ocupacao.split(' ')[1]), `o índice sabe quantos estão em ${chave}`).toBe(quantos);
  const dono = await redis.comando(ou(texto), dados, 'HGET', dados, 'dono');
  if (dono) {
    expect(sessoes.has(dono), `o dono de ${chave} tem uma sessão`).toBe(true);
    const { proprias } = chavesDaSessao(Number(dono));
    expect(await redis.comando(numero, proprias, 'SISMEMBER', proprias, chave), `o dono de ${chave} sabe`).toBe(1);
  }
  const vaziaDesde = await redis.comando(ou(numero), INDICE.vazias, 'ZSCORE', INDICE.vazias, chave);
  const permanente = (await redis.comando(ou(texto), dados, 'HGET', dados, 'permanente')) === '1';
  if (quantos === 0 && !permanente) expect(vaziaDesde, `${chave} será removida`).toEqual(expect.any(Number));
  else expect(vaziaDesde, `${chave} não está vazia, ou fica`).toBeUndefined();
  expect(await redis.comando(numero, dados, 'HEXISTS', dados, 'fechada'), `${chave} está aberta`).toBe(0);
  expect(Object.keys(await lerHash(redis, entradas)).sort(), `as entradas de ${chave}`).toEqual(
    Object.keys(presentes).sort(),
  );
  const lidas = await Promise.all(
    [passagens, mensagens].map((fluxo) => redis.comando(lista(mensagemDoFluxo), fluxo, 'XRANGE', fluxo, '-', '+')),
  );
  const doServidor = lidas.flat().filter(([, origem]) => origem === 'SERVER');
  const ditas = doServidor.sort(([um], [outro]) => um - outro).map(([, , , conteudo]) => conteudo);
  for (const nome of new Set([...sessoes.values()].map((sessao) => sessao.nome))) {
    const saidas = [textoDeSaida(nome), textoDaExpulsao(nome)];
    const dele = ditas.filter((conteudo) => [textoDeEntrada(nome), ...saidas].includes(conteudo));
    const alternadas = dele.map((conteudo, indice) =>
      saidas.includes(conteudo) ? indice % 2 === 1 : indice % 2 === 0,
    );
    expect(alternadas, `entradas e saídas de ${nome} em ${chave}: ${dele}`).not.toContain(false);
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
  return new Map(porFaixa.flatMap((sessoes) => Object.entries(sessoes).map(([id, json]) => [id, JSON.parse(json)])));
}

async function lerHash(redis: RedisConnection, chave: string): Promise<Record<string, string>> {
  return Object.fromEntries(await redis.comando(pares, chave, 'HGETALL', chave));
}
