/** A opção --redis, que o binder e o servidor têm em comum, e o que ela não pode custar nem contar. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciar, rodar } from '../../../scripts/comum/processos.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { StartupError } from '../../../src/process/lifecycle.ts';
import { OPCAO_DO_REDIS } from '../../../src/process/opcoes/opcoes-de-rede.ts';
import { lerOpcoes } from '../../../src/process/opcoes/options.ts';

const SENHA = 's3nha';
const ERRADAS = [
  `http://:${SENHA}@maquina:6379`,
  `redis://:${SENHA}@maquina:porta`,
  `redis://:${SENHA}@maquina/banco`,
  `redis://:${SENHA}%@maquina`,
  `redis://maquina:6379,:${SENHA}@outra:6379`,
  SENHA,
];

const SEM_CLIENTE_DO_REDIS = {
  NODE_OPTIONS: `--import=${join(RAIZ, 'test', 'suporte', 'processos', 'sem-cliente-do-redis.js')}`,
};

describe('a opção', () => {
  const ler = (argumentos: readonly string[], ambiente: NodeJS.ProcessEnv = {}) =>
    lerOpcoes({ nome: 'chat', versao: '1', descricao: '' }, OPCAO_DO_REDIS, argumentos, ambiente).redis;

  test.each(ERRADAS)('diz numa linha que %s não serve, sem repetir a senha', (url) => {
    for (const [origem, agir] of [
      ['--redis', () => ler(['--redis', url])],
      ['CHAT_REDIS', () => ler([], { CHAT_REDIS: url })],
    ] as const) {
      const oQueDiz = new RegExp(`^chat: ${origem} .*redis://localhost:6379.*$`);
      expect(agir).toThrow(expect.objectContaining({ status: 2, message: expect.stringMatching(oQueDiz) }));
      expect(agir).not.toThrow(SENHA);
    }
  });

  test('não repete a senha de quem errou o nome dela', () => {
    const agir = () => ler([`--redi=redis://:${SENHA}@maquina`]);
    expect(agir).toThrow(new StartupError('chat: opção desconhecida "--redi" (veja --help)', 2));
  });

  test('aceita um Redis, ou os vários de um cluster', () => {
    const comSenha = 'rediss://pedro:s%40nha@maquina:6380/2';
    expect(ler(['--redis', comSenha])).toEqual([comSenha]);
    expect(ler([], { CHAT_REDIS: 'redis://um, redis://[::1]:7001' })).toEqual(['redis://um', 'redis://[::1]:7001']);
    expect(ler([])).toBeUndefined();
  });
});

describe.concurrent.each(['binder', 'server'] as const)('o %s', (qual) => {
  test('só carrega o cliente do Redis quando há um', async () => {
    using pasta = pastaTemporaria();
    const dados = ['--dados', join(pasta.caminho, 'dados'), '--usuarios', join(pasta.caminho, 'usuarios.json')];
    const argumentos = ['--porta', '0', ...(qual === 'server' ? dados : [])];
    await using semRedis = await iniciar(qual, { argumentos, ambiente: SEM_CLIENTE_DO_REDIS });
    expect(semRedis.erros()).not.toContain('@redis/client');
    if (qual === 'server') return;
    // No binder, a prova de que o gancho pega quem o carrega; o servidor o carrega pelo mesmo caminho.
    const comRedis = await rodar(qual, {
      argumentos: [...argumentos, '--redis', 'redis://127.0.0.1:1'],
      ambiente: SEM_CLIENTE_DO_REDIS,
    });
    expect(comRedis.erros).toContain('carregaram @redis/client');
  });
});
