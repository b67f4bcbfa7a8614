/** Seção 1 do contrato, linha por linha, contra os dois processos de verdade. */

import * as metaSchema from '@open-rpc/meta-schema';
import Ajv from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, http, postar, type Resposta, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Processo } from '../../scripts/comum/processos.ts';
import { conectar, lerRespostaCrua } from '../suporte/conexao.ts';
import { nomeNovo } from '../suporte/pessoas.ts';
import { iniciarSistema, type Sistema } from '../suporte/processos.ts';

const MAXIMO_BYTES = 65_536;

interface Caso {
  readonly nome: string;
  readonly qual: (sistema: Sistema) => Processo;
  readonly emSaude: string;
  /** Uma chamada sem parâmetros que qualquer um pode fazer. */
  readonly leitura: string;
  /** Uma chamada que muda algo, e como saber se mudou. */
  readonly efeito: (nome: string) => { method: string; params: unknown };
  readonly agiu: (url: string, nome: string) => Promise<boolean>;
  /** Um procedimento livre ou com segredo que recebe `defeituosos`, em que tudo está errado. */
  readonly exigente: {
    method: string;
    defeituosos: Record<string, unknown>;
    obrigatorios: string[];
    excesso: unknown[];
  };
  /** Procedimento → parâmetros na ordem da tabela do contrato; `?` marca os opcionais. */
  readonly tabela: Readonly<Record<string, readonly string[]>>;
}

const ENTRAR = ['nomeUsuario', 'nomeSala', 'senha?'];
const ENVIAR = ['nomeUsuario', 'salaAtual', 'mensagem', 'destinatario?', 'chave?'];

const CASOS: readonly Caso[] = [
  {
    nome: 'binder',
    qual: ({ binder }) => binder,
    emSaude: 'binder',
    leitura: 'list_procedures',
    efeito: (nome) => ({ method: 'register_procedure', params: [nome.replaceAll(' ', '_'), 'localhost', 1234] }),
    agiu: async (url, nome) => (await chamar(url, 'lookup_procedure', [nome.replaceAll(' ', '_')])).error === undefined,
    exigente: {
      method: 'register_procedure',
      defeituosos: { procedure_name: 'com espaço', address: '', port: 0, ttl_s: 86_401, cor: 'azul' },
      obrigatorios: ['procedure_name', 'address', 'port'],
      excesso: ['a', 'localhost', 1, 1, 'a mais'],
    },
    tabela: {
      register_procedure: ['procedure_name', 'address', 'port', 'ttl_s?'],
      lookup_procedure: ['procedure_name'],
      unregister_procedure: ['procedure_name', 'address', 'port'],
      list_procedures: [],
      watch_procedures: ['desde?', 'esperarMs?'],
    },
  },
  {
    nome: 'servidor',
    qual: ({ servidor }) => servidor,
    emSaude: 'servidor',
    leitura: 'listar_salas',
    efeito: (nome) => ({ method: 'registrar_usuario', params: { nomeUsuario: nome } }),
    agiu: async (url, nome) => (await chamar(url, 'registrar_usuario', [nome])).error?.code === 2001,
    exigente: {
      method: 'enviar_mensagem',
      defeituosos: { nomeUsuario: 7, salaAtual: '', mensagem: '', destinatario: 'todos', chave: '', cor: 'azul' },
      obrigatorios: ['nomeUsuario', 'salaAtual', 'mensagem'],
      excesso: ['Ana', 'Sala', 'oi', null, null, 'a mais'],
    },
    tabela: {
      registrar_usuario: ['nomeUsuario'],
      encerrar_sessao: ['nomeUsuario?'],
      criar_sala: ['nomeSala'],
      criarSala: ['nomeSala'],
      entrar_sala: ENTRAR,
      entrar_na_sala: ENTRAR,
      sair_da_sala: ['nomeUsuario?'],
      enviar_mensagem: ENVIAR,
      enviar_messagem: ENVIAR,
      receber_mensagens: ['nomeUsuario', 'salaAtual', 'desde?', 'esperarMs?'],
      listar_salas: ['detalhes?'],
      listar_usuarios: ['nomeSala?'],
      formatar_mensagens: ['mensagem'],
      configurar_sala: ['nomeUsuario', 'nomeSala', 'topico?', 'senha?', 'silenciada?', 'permanente?'],
      silenciar_usuario: ['nomeUsuario', 'nomeSala', 'alvo', 'silenciado'],
      expulsar_usuario: ['nomeUsuario', 'nomeSala', 'alvo', 'minutos?'],
      passar_sala: ['nomeUsuario', 'nomeSala', 'alvo'],
      detalhar_sala: ['nomeSala'],
    },
  },
];

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

describe.each(CASOS)('o transporte do $nome', ({ qual, emSaude, leitura, efeito, agiu, exigente, tabela }) => {
  const url = () => qual(sistema).url;
  const porta = () => qual(sistema).porta;
  const pedir = (extras: object = {}) => ({ jsonrpc: '2.0', id: 1, method: leitura, ...extras });

  async function corpoDe(pedido: unknown): Promise<Resposta> {
    const { status, corpo } = await postar(url(), pedido);
    expect(status).toBe(200);
    return JSON.parse(corpo);
  }

  async function loteDe(pedido: unknown): Promise<Resposta[]> {
    const respostas = (await corpoDe(pedido)) as unknown as Resposta[];
    expect(respostas).toBeInstanceOf(Array);
    return respostas;
  }

  async function esperarRecusaHttp(resposta: Promise<{ status: number; corpo: string }>, status: number) {
    const recebida = await resposta;
    expect(recebida.status).toBe(status);
    const { jsonrpc, id, error } = JSON.parse(recebida.corpo);
    expect({ jsonrpc, id, code: error.code }).toEqual({ jsonrpc: '2.0', id: null, code: -32600 });
  }

  describe('uma chamada', () => {
    test('responde 200, JSON em UTF-8, só com os membros de JSON-RPC 2.0', async () => {
      const { status, headers, corpo } = await postar(url(), pedir({ id: 'minha' }));
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(JSON.parse(corpo)).toEqual({ jsonrpc: '2.0', id: 'minha', result: expect.anything() });
    });

    test('responde 200 também quando é um erro', async () => {
      expect(await corpoDe(pedir({ method: 'nada' }))).toEqual({
        jsonrpc: '2.0',
        id: 1,
        error: expect.objectContaining({ code: -32601, message: expect.any(String) }),
      });
    });

    test.each([[null], [0], [''], ['texto'], [-7], [1.5], [Number.MAX_SAFE_INTEGER]])(
      'devolve o id %j como veio',
      async (id) => {
        const resposta = await corpoDe(pedir({ id }));
        expect(resposta).toHaveProperty('id', id);
        expect(resposta).toHaveProperty('result');
      },
    );

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

    test('os parâmetros podem faltar, vir por nome ou por posição, se o procedimento não tem nenhum', async () => {
      for (const extras of [{}, { params: [] }, { params: {} }]) {
        expect(await corpoDe(pedir(extras))).toHaveProperty('result');
      }
    });
  });

  describe('uma notificação', () => {
    test('responde 204 sem corpo, e é executada', async () => {
      const nome = nomeNovo('Notificado');
      const { status, corpo } = await postar(url(), { jsonrpc: '2.0', ...efeito(nome) });
      expect({ status, corpo }).toEqual({ status: 204, corpo: '' });
      await ate(() => agiu(url(), nome), 'o efeito da notificação');
    });

    test('com id null não é notificação: é respondida', async () => {
      const nome = nomeNovo('Nulo');
      expect(await corpoDe({ jsonrpc: '2.0', id: null, ...efeito(nome) })).toMatchObject({
        id: null,
        result: expect.anything(),
      });
    });

    test('errada também não tem resposta', async () => {
      for (const pedido of [{ method: 'nada' }, { method: leitura, params: ['a mais'] }]) {
        const { status, corpo } = await postar(url(), { jsonrpc: '2.0', ...pedido });
        expect({ status, corpo }).toEqual({ status: 204, corpo: '' });
      }
    });
  });

  describe('um batch', () => {
    test('de 50 é atendido inteiro, cada resposta com o seu id', async () => {
      const respostas = await loteDe(Array.from({ length: 50 }, (_, id) => pedir({ id })));
      expect(new Set(respostas.map(({ id }) => id))).toEqual(new Set(Array.from({ length: 50 }, (_, id) => id)));
      expect(respostas.every((resposta) => 'result' in resposta)).toBe(true);
    });

    test('de 1 responde uma lista de um', async () => {
      expect(await loteDe([pedir()])).toHaveLength(1);
    });

    test('de 51 é recusado inteiro, e nada dele é executado', async () => {
      const nome = nomeNovo('Excedente');
      const lote = [
        { jsonrpc: '2.0', id: 0, ...efeito(nome) },
        ...Array.from({ length: 50 }, (_, id) => pedir({ id })),
      ];
      expect(await corpoDe(lote)).toMatchObject({ id: null, error: { code: -32600 } });
      // A própria pergunta ocuparia o nome no servidor: por isso é a última coisa que se faz com ele.
      expect(await agiu(url(), nome)).toBe(false);
    });

    test('vazio é um pedido inválido, não uma lista vazia', async () => {
      expect(await corpoDe([])).toMatchObject({ id: null, error: { code: -32600 } });
    });

    test('só de notificações responde 204 e as executa todas', async () => {
      const nomes = [nomeNovo('Lote'), nomeNovo('Lote')];
      const { status, corpo } = await postar(
        url(),
        nomes.map((nome) => ({ jsonrpc: '2.0', ...efeito(nome) })),
      );
      expect({ status, corpo }).toEqual({ status: 204, corpo: '' });
      for (const nome of nomes) await ate(() => agiu(url(), nome), `o efeito de ${nome}`);
    });

    test('misturado responde só às chamadas, e executa as notificações', async () => {
      const nome = nomeNovo('Misto');
      const respostas = await loteDe([pedir({ id: 'a' }), { jsonrpc: '2.0', ...efeito(nome) }, pedir({ id: null })]);
      expect(new Set(respostas.map(({ id }) => id))).toEqual(new Set(['a', null]));
      await ate(() => agiu(url(), nome), 'o efeito da notificação');
    });

    test('cada entrada que não é um pedido ganha seu próprio erro, e as outras são atendidas', async () => {
      const respostas = await loteDe([1, 'x', null, [], [pedir({ id: 'dentro' })], {}, pedir({ id: 'boa' })]);
      expect(respostas).toHaveLength(7);
      expect(respostas.filter(({ error }) => error?.code === -32600)).toHaveLength(6);
      expect(respostas.filter((resposta) => 'result' in resposta).map(({ id }) => id)).toEqual(['boa']);
    });

    test('só de listas aninhadas é respondido, um erro para cada', async () => {
      const respostas = await loteDe([[pedir()], [[]]]);
      expect(respostas.map(({ id, error }) => [id, error?.code])).toEqual([
        [null, -32600],
        [null, -32600],
      ]);
    });
  });

  describe('o que não é um pedido', () => {
    test.each([
      ['vazio', ''],
      ['truncado', '{"jsonrpc": "2.0", "method"'],
      ['com vírgula a mais', '{"jsonrpc":"2.0","id":1,"method":"x",}'],
      ['que não é JSON', 'procedimento=x'],
      ['com NaN', '{"jsonrpc":"2.0","id":NaN,"method":"x"}'],
    ])('um corpo %s dá -32700', async (_, corpo) => {
      expect(await corpoDe(corpo)).toEqual({
        jsonrpc: '2.0',
        id: null,
        error: expect.objectContaining({ code: -32700 }),
      });
    });

    test.each([
      ['um byte solto', [0xff]],
      ['uma sequência interrompida', [0xc3]],
      ['um substituto codificado (CESU-8)', [0xed, 0xa0, 0x80]],
      ['uma forma longa demais de "/"', [0xc0, 0xaf]],
    ])('um corpo que não é UTF-8 (%s) dá -32700', async (_, bytes) => {
      const inicio = Buffer.from(`{"jsonrpc":"2.0","id":"`);
      const fim = Buffer.from(`","method":${JSON.stringify(leitura)}}`);
      expect(await corpoDe(Buffer.concat([inicio, Buffer.from(bytes), fim]))).toMatchObject({
        id: null,
        error: { code: -32700 },
      });
    });

    test.each([
      ['um número', 1],
      ['um texto', '"x"'],
      ['null', 'null'],
      ['true', 'true'],
      ['um objeto vazio', {}],
      ['sem jsonrpc', { id: 1, method: 'x' }],
      ['jsonrpc 1.0', { jsonrpc: '1.0', id: 1, method: 'x' }],
      ['jsonrpc como número', { jsonrpc: 2.0, id: 1, method: 'x' }],
      ['sem method', { jsonrpc: '2.0', id: 1 }],
      ['method que não é texto', { jsonrpc: '2.0', id: 1, method: 1 }],
      ['method null', { jsonrpc: '2.0', id: 1, method: null }],
      ['params null', { jsonrpc: '2.0', id: 1, method: 'x', params: null }],
      ['params texto', { jsonrpc: '2.0', id: 1, method: 'x', params: 'a' }],
      ['params número', { jsonrpc: '2.0', id: 1, method: 'x', params: 0 }],
      ['params booleano', { jsonrpc: '2.0', id: 1, method: 'x', params: false }],
      ['id booleano', { jsonrpc: '2.0', id: true, method: 'x' }],
      ['id lista', { jsonrpc: '2.0', id: [1], method: 'x' }],
      ['id objeto', { jsonrpc: '2.0', id: {}, method: 'x' }],
    ])('%s dá -32600', async (_, corpo) => {
      expect(await corpoDe(corpo)).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 } });
    });

    test('params null é recusado também onde não falta id, e nada é executado', async () => {
      const nome = nomeNovo('ParamsNulos');
      expect(await corpoDe({ jsonrpc: '2.0', id: 3, ...efeito(nome), params: null })).toMatchObject({
        error: { code: -32600 },
      });
      expect(await corpoDe({ jsonrpc: '2.0', method: leitura, params: null })).toMatchObject({
        id: null,
        error: { code: -32600 },
      });
    });
  });

  describe('um procedimento que não existe', () => {
    test.each([
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'prototype',
      '',
      ' ',
      'rpc.',
      'rpc.listMethods',
      'system.listMethods',
      'limpar_usuarios',
      'close',
    ])('%j dá -32601', async (method) => {
      expect((await recusa(url(), method)).code).toBe(-32601);
    });

    test('nomes de procedimento distinguem maiúsculas e não são aparados', async () => {
      for (const method of [leitura.toUpperCase(), ` ${leitura}`, `${leitura}\n`]) {
        expect((await recusa(url(), method)).code).toBe(-32601);
      }
    });
  });

  describe('parâmetros errados', () => {
    test('dão -32602 com todas as falhas, não só a primeira', async () => {
      const { code, data } = await recusa(url(), exigente.method, exigente.defeituosos);
      expect(code).toBe(-32602);
      const parametros = data.problemas.map(({ parametro }: { parametro: string }) => parametro);
      expect(new Set(parametros)).toEqual(new Set(Object.keys(exigente.defeituosos)));
      for (const { motivo } of data.problemas) expect(motivo).toMatch(/\p{L}{2}/u);
    });

    test.each([
      ['ausentes', undefined],
      ['uma lista vazia', []],
      ['um objeto vazio', {}],
    ])('%s: cada obrigatório é apontado pelo nome', async (_, params) => {
      const { code, data } = await recusa(url(), exigente.method, params);
      expect(code).toBe(-32602);
      expect(data.problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(exigente.obrigatorios);
    });

    test('null num obrigatório é uma falta', async () => {
      const nulos = Object.fromEntries(exigente.obrigatorios.map((nome) => [nome, null]));
      const { code, data } = await recusa(url(), exigente.method, nulos);
      expect(code).toBe(-32602);
      expect(data.problemas).toHaveLength(exigente.obrigatorios.length);
    });

    test('por posição, um a mais é uma falha, mesmo que o resto esteja certo', async () => {
      const { code, data } = await recusa(url(), exigente.method, exigente.excesso);
      expect(code).toBe(-32602);
      expect(data.problemas).toHaveLength(1);
    });

    test('um procedimento sem parâmetros não aceita nenhum', async () => {
      for (const params of [['a mais'], [null], { nome: 'x' }]) {
        expect((await recusa(url(), 'rpc.discover', params)).code).toBe(-32602);
      }
    });

    test('nomes herdados de todo objeto são nomes desconhecidos como outros', async () => {
      const corpo = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(leitura)},"params":{"__proto__":1,"constructor":2}}`;
      const { error } = await corpoDe(corpo);
      expect(error?.code).toBe(-32602);
      expect(error?.data.problemas.map(({ parametro }: { parametro: string }) => parametro).sort()).toEqual([
        '__proto__',
        'constructor',
      ]);
    });
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
    expect(JSON.parse(corpo)).toMatchObject({ status: 'ok', processo: emSaude });
  });

  describe('rpc.discover', () => {
    interface Metodo {
      readonly name: string;
      readonly params: readonly { readonly name: string; readonly required?: boolean; readonly schema: object }[];
    }

    const documento = () => resultado(url(), 'rpc.discover') as Promise<{ methods: Metodo[] }>;

    test('é um documento OpenRPC válido', async () => {
      const validar = validadorDeOpenRpc();
      // O próprio validador se prova primeiro: um que aceitasse tudo não diria nada.
      expect(validar({ ...(await documento()), methods: [{ name: 'x', params: [{}] }] })).toBe(false);
      const valido = validar(await documento());
      expect(validar.errors ?? []).toEqual([]);
      expect(valido).toBe(true);
    });

    test('traz cada procedimento e apelido da tabela, e nenhum outro', async () => {
      const nomes = (await documento()).methods.map(({ name }) => name).filter((nome) => nome !== 'rpc.discover');
      expect([...nomes].sort()).toEqual(Object.keys(tabela).sort());
    });

    test('traz os parâmetros na ordem da tabela, e quais são obrigatórios', async () => {
      for (const { name, params } of (await documento()).methods) {
        if (name === 'rpc.discover') continue;
        const descritos = params.map((param) => (param.required ? param.name : `${param.name}?`));
        expect(descritos, name).toEqual(tabela[name]);
      }
    });

    test('a ordem que ele diz é a que vale por posição: o problema aponta o parâmetro daquela posição', async () => {
      for (const [method, nomes] of Object.entries(tabela)) {
        // Um objeto não serve a nenhum parâmetro do contrato: cada posição se acusa pelo nome.
        const errados = nomes.map(() => ({ serve: false }));
        if (nomes.length === 0) continue;
        const { code, data } = await recusa(url(), method, errados);
        expect(code, method).toBe(-32602);
        const raizes = data.problemas.map(({ parametro }: { parametro: string }) => parametro.split('.')[0]);
        expect([...new Set(raizes)], method).toEqual(nomes.map((nome) => nome.replace('?', '')));
      }
    });

    test('tudo o que está nele é chamável', async () => {
      for (const { name } of (await documento()).methods) {
        expect((await chamar(url(), name, { parametro_que_nao_ha: 1 })).error?.code, name).toBe(-32602);
      }
    });
  });
});

/** O esquema oficial do OpenRPC aponta para um de JSON Schema que só existe na rede: no lugar dele, o draft-07. */
function validadorDeOpenRpc() {
  const ajv = new Ajv.Ajv({ strict: false, allErrors: true, validateFormats: false });
  const draft07 = ajv.getSchema('http://json-schema.org/draft-07/schema')?.schema as Record<string, unknown>;
  for (const $id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
    const definitions = {
      ...(draft07['definitions'] as object),
      JSONSchemaObject: { properties: { $ref: { type: 'string' } } },
    };
    ajv.addSchema({ ...draft07, $id, definitions }, $id);
  }
  // Os tipos do pacote só descrevem o documento; o esquema mesmo é um valor que eles não declaram.
  const { openrpcDocument } = metaSchema as unknown as { openrpcDocument: Record<string, unknown> };
  const { $schema: _, ...meta } = openrpcDocument;
  return ajv.compile(meta);
}

test('as entradas de um batch começam na ordem: o que uma faz, a seguinte vê', async () => {
  const { binder } = sistema;
  const registro = ['em_ordem', 'localhost', 7000];
  const { corpo } = await postar(binder.url, [
    { jsonrpc: '2.0', id: 1, method: 'register_procedure', params: registro },
    { jsonrpc: '2.0', id: 2, method: 'lookup_procedure', params: ['em_ordem'] },
    { jsonrpc: '2.0', id: 3, method: 'unregister_procedure', params: registro },
    { jsonrpc: '2.0', id: 4, method: 'lookup_procedure', params: ['em_ordem'] },
  ]);
  const respostas = new Map((JSON.parse(corpo) as Resposta[]).map((resposta) => [resposta.id, resposta]));
  expect(respostas.get(2)?.result).toMatchObject({ address: 'localhost', port: 7000 });
  expect(respostas.get(3)?.result).toBe(true);
  expect(respostas.get(4)?.error?.code).toBe(1001);
});

test('num batch, criar, entrar e falar acontecem nessa ordem, mesmo na primeira chamada de uma sessão', async () => {
  const { servidor } = sistema;
  for (let vez = 0; vez < 5; vez += 1) {
    const nomeUsuario = nomeNovo('Apressado');
    const sala = nomeNovo('Num lote');
    const { token } = await resultado(servidor.url, 'registrar_usuario', { nomeUsuario });
    const chamadas: [string, object][] = [
      ['criar_sala', { nomeSala: sala }],
      ['entrar_sala', { nomeUsuario, nomeSala: sala }],
      ['enviar_mensagem', { nomeUsuario, salaAtual: sala, mensagem: 'um' }],
      ['enviar_mensagem', { nomeUsuario, salaAtual: sala, mensagem: 'dois' }],
      ['receber_mensagens', { nomeUsuario, salaAtual: sala }],
      ['sair_da_sala', {}],
    ];
    const { corpo } = await postar(
      servidor.url,
      chamadas.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params })),
      token,
    );
    const respostas = JSON.parse(corpo) as Resposta[];
    expect(respostas.filter(({ error }) => error)).toEqual([]);
    const recebidas = respostas.find(({ id }) => id === 4)?.result as { conteudo: string }[];
    expect(recebidas.map(({ conteudo }) => conteudo).slice(1)).toEqual(['um', 'dois']);
  }
});
