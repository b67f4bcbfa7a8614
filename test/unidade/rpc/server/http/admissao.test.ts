/** O que a borda aceita e recusa de um pedido HTTP antes de ler o corpo, byte por byte. */

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Edge } from '../../../../../src/rpc/server/http/edge.ts';
import { abrirBordaLocal } from '../../../../suporte/local/borda.ts';
import { conectar, lerRespostaCrua } from '../../../../suporte/local/conexao.ts';

const CORPO = '{"jsonrpc":"2.0","id":1,"method":"x"}';

let edge: Edge;
let atendidos: string[];

beforeAll(async () => {
  atendidos = [];
  edge = await abrirBordaLocal({
    processo: 'binder',
    responder: async (corpo) => {
      atendidos.push(corpo.toString());
      return { corpo: '{}', reconhecido: false };
    },
  });
});

afterAll(() => edge.close());

interface Pedido {
  readonly alvo?: string;
  readonly metodo?: string;
  readonly hosts?: readonly string[];
  readonly cabecalhos?: readonly string[];
  readonly corpo?: string | Buffer;
}

async function pedir({
  alvo = '/',
  metodo = 'POST',
  hosts = ['localhost'],
  cabecalhos = ['Content-Type: application/json'],
  corpo = CORPO,
}: Pedido) {
  using conexao = await conectar(edge.porta);
  const linhas = [
    `${metodo} ${alvo} HTTP/1.1`,
    ...hosts.map((host) => `Host: ${host}`),
    ...cabecalhos,
    `Content-Length: ${corpo.length}`,
    'Connection: close',
  ];
  conexao.escrever(Buffer.concat([Buffer.from(`${linhas.join('\r\n')}\r\n\r\n`), Buffer.from(corpo)]));
  await conexao.fechadaEmMs;
  return { ...lerRespostaCrua(conexao.texto()), texto: conexao.texto() };
}

/** O corpo de uma recusa é um erro JSON-RPC que não é de chamada alguma. */
function esperarRecusa({ status, corpo }: { status: number; corpo: string }, esperado: number, diz: RegExp): void {
  expect({ status, ...JSON.parse(corpo) }).toEqual({
    status: esperado,
    jsonrpc: '2.0',
    id: null,
    error: { code: -32600, message: expect.stringMatching(diz), data: { tipo: 'PEDIDO_INVALIDO' } },
  });
}

describe('o caminho se compara como veio', () => {
  test.each(['/', '/?a=1', 'http://localhost/', 'http://localhost', 'HTTP://LOCALHOST:1/?a', 'https://127.0.0.1/'])(
    'as chamadas vão para %s',
    async (alvo) => {
      expect((await pedir({ alvo })).status).toBe(200);
    },
  );

  test.each([
    ...[
      '//x',
      '//',
      '///',
      '/a/..',
      '/a/../',
      '/./',
      '/%2e%2e',
      '/.%2e/',
      '/%2F',
      '//saude',
      '/saude/..',
      '/x/../saude',
    ],
    ...['/SAUDE', '/saude/', '/#x', '*', 'http://localhost//', 'http://localhost/x', 'ftp://localhost/'],
  ])('%s não existe', async (alvo) => {
    esperarRecusa(await pedir({ alvo }), 404, /POST \//);
  });

  test.each(['http://pagina.example/', 'http://pagina.example/x', 'http://localhost@pagina.example/', 'http://[::2]/'])(
    '%s é de outra máquina, também com um Host daqui',
    async (alvo) => {
      esperarRecusa(await pedir({ alvo }), 403, /Host/);
    },
  );

  test('um Host de outra máquina não se desculpa com uma forma absoluta daqui', async () => {
    esperarRecusa(await pedir({ alvo: 'http://localhost/', hosts: ['pagina.example'] }), 403, /Host/);
  });
});

describe('um cabeçalho que só pode vir uma vez', () => {
  test.each([[['localhost', 'pagina.example']], [['pagina.example', 'localhost']], [['localhost', 'localhost']]])(
    'Host: %j é recusado',
    async (hosts) => {
      esperarRecusa(await pedir({ hosts }), 400, /uma vez/);
    },
  );

  test.each([
    [['Content-Type: application/json', 'Content-Type: text/plain']],
    [['Content-Type: application/json', 'Authorization: Bearer a', 'authorization: Bearer b']],
  ])('%j é recusado', async (cabecalhos) => {
    esperarRecusa(await pedir({ cabecalhos }), 400, /uma vez/);
  });
});

describe('o corpo', () => {
  test.each(['gzip', 'GZIP', 'br', 'identity, gzip', 'x'])(
    'codificado em %s é recusado, com o que serve',
    async (como) => {
      const resposta = await pedir({
        cabecalhos: ['Content-Type: application/json', `Content-Encoding: ${como}`],
        corpo: gzipSync(CORPO),
      });
      esperarRecusa(resposta, 415, /compressão/);
      expect(resposta.texto).toMatch(/\r\nAccept-Encoding: identity\r\n/);
    },
  );

  test.each(['identity', 'Identity'])('que só se diz %s é lido', async (como) => {
    const cabecalhos = ['Content-Type: application/json', `Content-Encoding: ${como}`];
    expect((await pedir({ cabecalhos })).status).toBe(200);
  });

  test('de outro tipo é recusado na hora, também com 15 KB de espaços no tipo', async () => {
    const espacos = ' '.repeat(15_000);
    const antesMs = process.cpuUsage().user;
    esperarRecusa(await pedir({ cabecalhos: [`Content-Type: application/json${espacos}x`] }), 415, /application\/json/);
    // Em microssegundos: uma expressão que volta atrás a cada espaço leva mais que isto.
    expect(process.cpuUsage().user - antesMs).toBeLessThan(100_000);
  });
});

test('nada do que se recusa chega a quem atende', async () => {
  const antes = atendidos.length;
  await pedir({ alvo: '//x' });
  await pedir({ hosts: ['localhost', 'localhost'] });
  await pedir({ cabecalhos: ['Content-Type: application/json', 'Content-Encoding: gzip'] });
  await pedir({});
  expect(atendidos.slice(antes)).toEqual([CORPO]);
});

test('o que não é POST em / nem GET em /saude diz que métodos servem', async () => {
  expect(await pedir({ metodo: 'PUT' })).toMatchObject({
    status: 405,
    texto: expect.stringMatching(/\r\nAllow: POST\r\n/),
  });
  expect(await pedir({ metodo: 'PUT', alvo: '/saude' })).toMatchObject({
    status: 405,
    texto: expect.stringMatching(/\r\nAllow: GET, HEAD\r\n/),
  });
});
