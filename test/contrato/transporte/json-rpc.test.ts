/** Seção 1 do contrato: o que é uma chamada, uma notificação e um batch, e o que se recusa, no binder e no servidor. */

import { describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { postar, type Resposta, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../../suporte/local/servidor-dividido.ts';
import { nomeNovo } from '../../suporte/pessoas.ts';
import { CASOS } from './casos.ts';

const sistema = dividirSistemaLocal();

describe.each(CASOS)('JSON-RPC no $nome', ({ qual, leitura, efeito, agiu, exigente }) => {
  const url = () => qual(sistema()).url;
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
});

test('as entradas de um batch começam na ordem: o que uma faz, a seguinte vê', async () => {
  const { binder } = sistema();
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
  const { servidor } = sistema();
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
