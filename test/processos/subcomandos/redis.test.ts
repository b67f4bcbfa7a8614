/** A opção --redis, que o binder e o servidor têm em comum, e o que ela não pode custar nem contar. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciar, type Processo, rodar, type Terminado } from '../../../scripts/comum/processos.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
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

function esperarRecusa({ status, saida, erros }: Terminado, oQueDiz: RegExp): void {
  expect(erros).toMatch(oQueDiz);
  expect(erros.trimEnd().split('\n')).toHaveLength(1);
  expect(saida + erros).not.toContain(SENHA);
  expect(status).toBe(2);
}

describe('a opção', () => {
  const ler = (argumentos: readonly string[], ambiente: NodeJS.ProcessEnv = {}) =>
    lerOpcoes({ nome: 'chat', versao: '1', descricao: '' }, OPCAO_DO_REDIS, argumentos, ambiente).redis;

  test.each(ERRADAS)('diz que %s não serve, sem repetir a senha', (url) => {
    for (const [origem, agir] of [
      ['--redis', () => ler(['--redis', url])],
      ['CHAT_REDIS', () => ler([], { CHAT_REDIS: url })],
    ] as const) {
      expect(agir).toThrow(expect.objectContaining({ status: 2, message: expect.stringContaining(origem) }));
      expect(agir).not.toThrow(SENHA);
    }
  });

  test('aceita um Redis, ou os vários de um cluster', () => {
    const comSenha = 'rediss://pedro:s%40nha@maquina:6380/2';
    expect(ler(['--redis', comSenha])).toEqual([comSenha]);
    expect(ler([], { CHAT_REDIS: 'redis://um, redis://[::1]:7001' })).toEqual(['redis://um', 'redis://[::1]:7001']);
    expect(ler([])).toBeUndefined();
  });
});

describe.concurrent.each(['binder', 'server'] as const)('o %s', (qual) => {
  test('diz numa linha que a URL não serve, sem repetir a senha', async () => {
    const url = `http://:${SENHA}@maquina:6379`;
    esperarRecusa(await rodar(qual, { argumentos: ['--redis', url] }), /--redis .*redis:\/\/localhost:6379/);
  });

  test('não repete a senha de quem errou o nome da opção', async () => {
    const terminado = await rodar(qual, { argumentos: [`--redi=redis://:${SENHA}@maquina`] });
    esperarRecusa(terminado, /opção desconhecida "--redi"/);
  });

  test('na ajuda, manda a senha para a variável', async () => {
    const { saida } = await rodar(qual, { argumentos: ['--help'] });
    expect(saida.replaceAll(/\s+/g, ' ')).toMatch(/--redis <url> .*senha vai na variável.*CHAT_REDIS/);
  });

  test('só carrega o cliente do Redis quando há um', async () => {
    using pasta = pastaTemporaria();
    const dados = ['--dados', join(pasta.caminho, 'dados'), '--usuarios', join(pasta.caminho, 'usuarios.json')];
    const argumentos = ['--porta', '0', ...(qual === 'server' ? dados : [])];
    await using semRedis: Processo = await iniciar(qual, { argumentos, ambiente: SEM_CLIENTE_DO_REDIS });
    expect(semRedis.erros()).not.toContain('@redis/client');
    const comRedis = await rodar(qual, {
      argumentos: [...argumentos, '--redis', 'redis://127.0.0.1:1'],
      ambiente: SEM_CLIENTE_DO_REDIS,
    });
    expect(comRedis.erros).toContain('carregaram @redis/client');
  });
});
