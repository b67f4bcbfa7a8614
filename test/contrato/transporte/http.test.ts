/** Seção 1 do contrato: tamanho, tipo de mídia, caminho, método e Host, nos dois processos de verdade. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { http, postar, type Resposta } from '../../../scripts/comum/jsonrpc.ts';
import { VERSAO } from '../../../src/process/versao.ts';
import { conectar, lerRespostaCrua } from '../../suporte/local/conexao.ts';
import { nomeNovo } from '../../suporte/pessoas.ts';
import { iniciarSistema, type Sistema } from '../../suporte/processos/processos.ts';
import { CASOS } from './casos.ts';

const MAXIMO_BYTES = 65_536;

let sistema: Sistema;

beforeAll(async () => {
  sistema = await iniciarSistema({ argumentos: ['--limite-registros', '0'] });
});

afterAll(() => sistema[Symbol.asyncDispose]());

/** Um pedido JSON-RPC com exatamente este tamanho: espaços no fim não mudam o JSON. */
function pedidoDe(bytes: number, method: string): string {
  const pedido = JSON.stringify({ jsonrpc: '2.0', id: 1, method });
  return pedido + ' '.repeat(bytes - Buffer.byteLength(pedido));
}

/** Um corpo em `Transfer-Encoding: chunked`, num só pedaço. */
function emChunks(corpo: string): string {
  return `${Buffer.byteLength(corpo).toString(16)}\r\n${corpo}\r\n0\r\n\r\n`;
}

function cabecalhos(...linhas: string[]): string {
  return ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...linhas, '', ''].join('\r\n');
}

describe.each(CASOS)('HTTP no $nome', ({ qual, emSaude, leitura, efeito, agiu }) => {
  const url = () => qual(sistema).url;
  const porta = () => qual(sistema).porta;
  const pedir = (extras: object = {}) => ({ jsonrpc: '2.0', id: 1, method: leitura, ...extras });

  async function corpoDe(pedido: unknown): Promise<Resposta> {
    const { status, corpo } = await postar(url(), pedido);
    expect(status).toBe(200);
    return JSON.parse(corpo);
  }

  async function esperarRecusaHttp(resposta: Promise<{ status: number; corpo: string }>, status: number) {
    const recebida = await resposta;
    expect(recebida.status).toBe(status);
    const { jsonrpc, id, error } = JSON.parse(recebida.corpo);
    expect({ jsonrpc, id, code: error.code }).toEqual({ jsonrpc: '2.0', id: null, code: -32600 });
  }

  test('a conexão fica aberta para a próxima (keep-alive)', async () => {
    using conexao = await conectar(porta());
    const corpo = JSON.stringify(pedir());
    const pedido = cabecalhos(`Content-Length: ${corpo.length}`) + corpo;
    for (const vez of [1, 2, 3]) {
      conexao.escrever(pedido);
      await ate(() => conexao.texto().split('"result"').length - 1 === vez, `a ${vez}ª resposta`);
    }
    expect(conexao.aberta()).toBe(true);
  });

  describe('um corpo grande', () => {
    test('de 65.536 bytes ainda é atendido, com Content-Length ou em chunks', async () => {
      const corpo = pedidoDe(MAXIMO_BYTES, leitura);
      expect(JSON.parse((await postar(url(), corpo)).corpo)).toHaveProperty('result');
      using conexao = await conectar(porta());
      conexao.escrever(cabecalhos('Transfer-Encoding: chunked') + emChunks(corpo));
      await ate(() => conexao.texto().includes('"result"'), 'a resposta');
    });

    test('de 65.537 bytes é recusado com 413', async () => {
      await esperarRecusaHttp(postar(url(), pedidoDe(MAXIMO_BYTES + 1, leitura)), 413);
    });

    test('conta bytes, não caracteres', async () => {
      const corpo = JSON.stringify(pedir({ id: 'é'.repeat(40_000) }));
      await esperarRecusaHttp(postar(url(), corpo), 413);
    });

    test('em chunks é recusado com 413 assim que passa do limite, sem esperar pelo fim', async () => {
      using conexao = await conectar(porta());
      const corpo = pedidoDe(MAXIMO_BYTES + 1, leitura);
      conexao.escrever(`${cabecalhos('Transfer-Encoding: chunked')}${corpo.length.toString(16)}\r\n${corpo}\r\n`);
      await conexao.fechadaEmMs;
      const { status, corpo: recusado } = lerRespostaCrua(conexao.texto());
      expect(status).toBe(413);
      expect(JSON.parse(recusado)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } });
    });

    test('anunciado num Content-Length é recusado sem que chegue, e a conexão não fica presa', async () => {
      using conexao = await conectar(porta());
      conexao.escrever(cabecalhos('Content-Length: 100000000'));
      await conexao.fechadaEmMs;
      expect(lerRespostaCrua(conexao.texto()).status).toBe(413);
    });

    test('sem fim não é lido: a conexão acaba, e o processo continua a servir', async () => {
      using conexao = await conectar(porta());
      conexao.escrever(cabecalhos('Transfer-Encoding: chunked'));
      const pedaco = Buffer.from(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
      const MAXIMO = 64 * 1024 * 1024;
      expect(await conexao.despejar(pedaco, MAXIMO)).toBeLessThan(MAXIMO);
      await conexao.fechadaEmMs;
      // Quem ainda escrevia pode ter visto o reset antes da resposta; se a viu, é um 413.
      expect([0, 413]).toContain(lerRespostaCrua(conexao.texto()).status);
      expect(await corpoDe(pedir())).toHaveProperty('result');
    });

    test('que pediu licença (Expect: 100-continue) é recusado sem ser enviado', async () => {
      using conexao = await conectar(porta());
      conexao.escrever(cabecalhos('Content-Length: 70000', 'Expect: 100-continue'));
      await ate(() => conexao.texto().includes('HTTP/1.1 413'), 'a recusa');
    });
  });

  describe('o tipo de mídia', () => {
    test.each([
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'Application/JSON; Charset="utf-8"',
    ])('%s é aceito', async (tipo) => {
      const resposta = await http(url(), { headers: { 'Content-Type': tipo }, corpo: JSON.stringify(pedir()) });
      expect(resposta.status).toBe(200);
      expect(JSON.parse(resposta.corpo)).toHaveProperty('result');
    });

    test.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/json-rpc',
      'text/json',
      'text/plain; application/json',
      'text/plain; charset=application/json',
      '',
    ])('%j é recusado com 415, e nada é executado', async (tipo) => {
      const nome = nomeNovo('Tipo');
      const corpo = JSON.stringify({ jsonrpc: '2.0', id: 1, ...efeito(nome) });
      await esperarRecusaHttp(http(url(), { headers: { 'Content-Type': tipo }, corpo }), 415);
      expect(await agiu(url(), nome)).toBe(false);
    });

    test('nenhum é recusado com 415', async () => {
      await esperarRecusaHttp(http(url(), { corpo: JSON.stringify(pedir()) }), 415);
    });

    test('nenhuma resposta traz cabeçalho CORS, nem ao preflight de uma página de fora', async () => {
      const origem = { Origin: 'http://pagina.example', 'Access-Control-Request-Method': 'POST' };
      const respostas = [
        await http(url(), { method: 'OPTIONS', headers: origem }),
        await http(url(), {
          headers: { ...origem, 'Content-Type': 'application/json' },
          corpo: JSON.stringify(pedir()),
        }),
        await http(url(), { headers: { ...origem, 'Content-Type': 'text/plain' }, corpo: JSON.stringify(pedir()) }),
        await http(url(), { method: 'GET', caminho: '/saude', headers: origem }),
      ];
      for (const { headers } of respostas) {
        expect(Object.keys(headers).filter((nome) => nome.startsWith('access-control-'))).toEqual([]);
      }
    });
  });

  describe('caminho e método', () => {
    test.each(['/rpc', '/saude/', '//', '/index.html'])('POST %s dá 404', async (caminho) => {
      const { status } = await http(`${url()}/`, {
        caminho: `${url()}${caminho}`,
        headers: { 'Content-Type': 'application/json' },
        corpo: JSON.stringify(pedir()),
      });
      expect(status).toBe(404);
    });

    test.each(['/metricas', '/metrics', '/chat-cliente.tgz'])('GET %s, que não se pediu, dá 404', async (caminho) => {
      expect((await http(url(), { method: 'GET', caminho })).status).toBe(404);
    });

    test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
      '%s / dá 405 e diz que se usa POST',
      async (method) => {
        const { status, headers } = await http(url(), { method });
        expect(status).toBe(405);
        expect(headers.allow?.split(/, */)).toEqual(['POST']);
      },
    );

    test.each(['POST', 'PUT', 'DELETE'])('%s /saude dá 405 e diz que se usa GET', async (method) => {
      const { status, headers } = await http(url(), { method, caminho: '/saude' });
      expect(status).toBe(405);
      expect(headers.allow?.split(/, */)).toContain('GET');
    });
  });

  describe('o cabeçalho Host', () => {
    const comHost = (host: string) =>
      http(url(), { headers: { Host: host, 'Content-Type': 'application/json' }, corpo: JSON.stringify(pedir()) });

    test.each(['localhost', 'localhost:8080', 'LOCALHOST', '127.0.0.1', '127.0.0.1:1', '[::1]', '[::1]:5000'])(
      '%s é desta máquina',
      async (host) => {
        expect((await comHost(host)).status).toBe(200);
      },
    );

    test.each([
      'pagina.example',
      'pagina.example:5000',
      'localhost.pagina.example',
      '127.0.0.1.pagina.example',
      'xlocalhost',
      'localhost:80@pagina.example',
      '127.0.0.2',
      '0.0.0.0',
      '192.168.0.10',
      '[::2]',
    ])('%s dá 403 (DNS rebinding)', async (host) => {
      expect((await comHost(host)).status).toBe(403);
    });

    test('é conferido também em GET /saude, e antes que algo seja executado', async () => {
      expect(
        (await http(url(), { method: 'GET', caminho: '/saude', headers: { Host: 'pagina.example' } })).status,
      ).toBe(403);
      const nome = nomeNovo('Rebinding');
      const { status } = await http(url(), {
        headers: { Host: 'pagina.example', 'Content-Type': 'application/json' },
        corpo: JSON.stringify({ jsonrpc: '2.0', id: 1, ...efeito(nome) }),
      });
      expect(status).toBe(403);
      expect(await agiu(url(), nome)).toBe(false);
    });
  });

  test('GET /saude diz que pode servir, e quem é', async () => {
    const { status, headers, corpo } = await http(url(), { method: 'GET', caminho: '/saude' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(corpo)).toMatchObject({ status: 'ok', processo: emSaude, versao: VERSAO });
  });
});
