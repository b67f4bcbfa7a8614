/** O que se faz com cada recusa de um Redis que está lá mas agora não pode: não é defeito, e o principal pode ser outro. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import type { RedisConnection } from '../../../src/redis/connection.ts';
import { nada } from '../../../src/redis/resposta.ts';
import { abrirRedisDeMentira, type RedisDeMentira } from '../../suporte/redis/redis-de-mentira.ts';
import { conectarSemPressa } from '../../suporte/redis/redis-sem-pressa.ts';

const DIREITOS = { prefixo: 'chat:', comandos: ['set'] };
const OUTRO_PAPEL = ['READONLY', 'MASTERDOWN', 'NOREPLICAS', 'LOADING', 'CLUSTERDOWN'];
const MESMO_PAPEL = ['TRYAGAIN', 'MISCONF', 'OOM', 'BUSY', 'NOAUTH', 'NOPERM'];

async function usar(
  emCluster: boolean,
  agir: (redis: RedisDeMentira, conexao: RedisConnection) => Promise<void>,
): Promise<void> {
  await using redis = await abrirRedisDeMentira(emCluster);
  const conexao = await conectarSemPressa({ urls: [redis.url] }, DIREITOS);
  try {
    await agir(redis, conexao);
  } finally {
    await conexao.close();
  }
}

const gravar = (conexao: RedisConnection) => conexao.comando(nada, 'chat:k', 'SET', 'chat:k', 1);

describe('um comando recusado com', () => {
  // Uma recusa só dos comandos não desfaz a conexão: abri-la custa mais que todos estes testes.
  let redis: RedisDeMentira;
  let conexao: RedisConnection;
  beforeAll(async () => {
    redis = await abrirRedisDeMentira();
    conexao = await conectarSemPressa({ urls: [redis.url] }, DIREITOS);
  });
  afterAll(async () => {
    await conexao?.close();
    await redis?.[Symbol.asyncDispose]();
  });

  test.each([...OUTRO_PAPEL, ...MESMO_PAPEL])('%s é de um Redis indisponível, e não um defeito', async (codigo) => {
    redis.recusaDosComandos = `${codigo} agora não`;
    await expect(gravar(conexao)).rejects.toMatchObject({
      name: 'RedisIndisponivel',
      message: redis.recusaDosComandos,
    });
  });

  test('WRONGTYPE é um defeito, e se mostra como é', async () => {
    redis.recusaDosComandos = 'WRONGTYPE não é desse tipo';
    await expect(gravar(conexao)).rejects.toMatchObject({ name: 'Error', message: redis.recusaDosComandos });
  });
});

describe.concurrent('o pulso recusado com', () => {
  test.each(OUTRO_PAPEL)('%s abre de novo as conexões, e com elas o nome se resolve', async (codigo) => {
    await usar(false, async (redis, conexao) => {
      const antes = redis.abertas();
      redis.recusa = `${codigo} agora não`;
      // A dos comandos e a dos canais.
      await ate(() => redis.abertas() >= antes + 2, 'as conexões se abrirem de novo');
      expect(conexao.disponivel).toBe(false);
      redis.recusa = '';
      await ate(() => conexao.disponivel, 'o pulso ver que serve');
      await gravar(conexao);
    });
  });

  test.each([...OUTRO_PAPEL, 'TRYAGAIN'])('%s, num Redis Cluster, pergunta a topologia de novo', async (codigo) => {
    await usar(true, async (redis, conexao) => {
      const antes = redis.topologias();
      redis.recusa = `${codigo} agora não`;
      await ate(() => redis.topologias() > antes, 'a topologia se perguntar de novo');
      expect(conexao.disponivel).toBe(false);
      redis.recusa = '';
      await ate(() => conexao.disponivel, 'o pulso ver que serve');
      await gravar(conexao);
    });
  });
});
