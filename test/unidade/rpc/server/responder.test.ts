/** Quando o processo falha por dentro (-32603): quem chama não fica sabendo de que, e quem mantém fica. */

import { describe, expect, test, vi } from 'vitest';
import { chamar, http, postar, type Resposta } from '../../../../scripts/comum/jsonrpc.ts';
import { BINDER_CONTRACT, type BinderProcedures } from '../../../../src/contract/binder.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import type { Acesso, Handlers } from '../../../../src/contract/procedure.ts';
import type { Authentication } from '../../../../src/rpc/server/authentication.ts';
import { criarResponder } from '../../../../src/rpc/server/responder.ts';
import { abrirBordaLocal } from '../../../suporte/local/borda.ts';

type Chamadores = Record<Acesso, null>;

interface Falha {
  readonly erro: unknown;
  readonly referencia: string;
  readonly procedimento: string;
}

interface Processo extends AsyncDisposable {
  readonly url: string;
  readonly falhas: readonly Falha[];
}

const LIVRE: Authentication<null, Chamadores> = {
  identificar: () => null,
  reconhece: () => false,
  autorizar: () => null,
};

/** Um processo cujo `list_procedures` faz o que o teste quiser; os outros respondem. */
async function processoQue(
  listar: () => unknown,
  authentication: Authentication<null, Chamadores> = LIVRE,
  saude = { ok: true, detalhes: {} },
): Promise<Processo> {
  const falhas: Falha[] = [];
  const endpoint = { procedure_name: 'x', address: 'localhost', port: 1, ttl_s: null };
  const handlers = {
    register_procedure: async () => endpoint,
    lookup_procedure: async () => endpoint,
    unregister_procedure: async () => true,
    list_procedures: listar,
  } as unknown as Handlers<BinderProcedures, Chamadores>;
  const responder = criarResponder({
    contract: BINDER_CONTRACT,
    handlers,
    authentication,
    aoFalhar: (erro, referencia, procedimento) => falhas.push({ erro, referencia, procedimento }),
  });
  const edge = await abrirBordaLocal({
    responder,
    saude: () => saude,
    processo: 'binder',
    aoFalhar: (erro) => falhas.push({ erro, referencia: '', procedimento: 'borda' }),
  });
  return { url: edge.url, falhas, [Symbol.asyncDispose]: () => edge.close() };
}

const DETALHE = 'ENOENT: no such file, open /home/ana/dados/chat.db';

function semDetalhes(corpo: string): void {
  expect(corpo).not.toMatch(/ENOENT|\/home|\.ts|\.js|node:|at |stack|Error/);
}

describe('um procedimento que falha por dentro', () => {
  const circular: { eu?: unknown } = {};
  circular.eu = circular;

  test.each<[string, () => unknown]>([
    ['rejeitando com um Error', () => Promise.reject(new Error(DETALHE))],
    [
      'lançando antes de prometer',
      () => {
        throw new Error(DETALHE);
      },
    ],
    [
      'com um erro do sistema, que traz um código',
      () => Promise.reject(Object.assign(new Error(DETALHE), { code: 'ENOENT' })),
    ],
    ['com um erro que traz um código numérico', () => Promise.reject(Object.assign(new Error(DETALHE), { code: 42 }))],
    ['com um objeto que imita um erro do contrato', () => Promise.reject({ code: 2001, message: DETALHE, data: {} })],
    ['com um texto', () => Promise.reject(DETALHE)],
    ['com undefined', () => Promise.reject(undefined)],
    ['com null', () => Promise.reject(null)],
    ['com um resultado que não cabe em JSON', async () => circular],
    ['com um resultado que JSON não escreve', async () => 1n],
  ])('%s dá -32603, sem pilha nem caminho; os detalhes vão para o log, pela referência', async (_, listar) => {
    await using processo = await processoQue(listar);
    const { status, corpo } = await postar(processo.url, { jsonrpc: '2.0', id: 'a', method: 'list_procedures' });
    expect(status).toBe(200);
    const { id, error } = JSON.parse(corpo) as Resposta;
    expect({ id, code: error?.code }).toEqual({ id: 'a', code: -32603 });
    expect(error?.message).toMatch(/\p{L}+ \p{L}+/u);
    semDetalhes(corpo);
    expect(processo.falhas).toHaveLength(1);
    expect(error?.data.referencia).toBe(processo.falhas[0]?.referencia);
  });

  test('numa notificação não responde, mas vai para o log', async () => {
    await using processo = await processoQue(() => Promise.reject(new Error(DETALHE)));
    const { status, corpo } = await postar(processo.url, { jsonrpc: '2.0', method: 'list_procedures' });
    expect({ status, corpo }).toEqual({ status: 204, corpo: '' });
    expect(processo.falhas.map(({ erro }) => (erro as Error).message)).toEqual([DETALHE]);
  });

  test('num batch não leva as outras entradas consigo', async () => {
    await using processo = await processoQue(async () => circular);
    const { corpo } = await postar(processo.url, [
      { jsonrpc: '2.0', id: 1, method: 'list_procedures' },
      { jsonrpc: '2.0', id: 2, method: 'lookup_procedure', params: ['x'] },
    ]);
    const respostas = JSON.parse(corpo) as Resposta[];
    expect(respostas.find(({ id }) => id === 1)?.error?.code).toBe(-32603);
    expect(respostas.find(({ id }) => id === 2)?.result).toMatchObject({ port: 1 });
  });

  test('um erro do contrato não é uma falha: viaja como é, e não vai para o log', async () => {
    await using processo = await processoQue(() =>
      Promise.reject(new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: 7 })),
    );
    const { error } = await chamar(processo.url, 'list_procedures');
    expect(error).toMatchObject({ code: 2008, data: { tipo: 'LIMITE_EXCEDIDO', tenteEmMs: 7 } });
    expect(processo.falhas).toEqual([]);
  });
});

test('identificar quem chama que falha por dentro também é -32603, e não deixa a chamada passar', async () => {
  let chamado = false;
  const listar = async () => {
    chamado = true;
    return [];
  };
  await using processo = await processoQue(listar, {
    ...LIVRE,
    identificar: () => Promise.reject(new Error(DETALHE)),
  });
  const { status, corpo } = await postar(processo.url, { jsonrpc: '2.0', id: 1, method: 'list_procedures' });
  expect(status).toBe(200);
  expect(JSON.parse(corpo).error.code).toBe(-32603);
  semDetalhes(corpo);
  expect(chamado).toBe(false);
});

test('quem não pode servir diz 503 em /saude, e quem é', async () => {
  await using processo = await processoQue(async () => [], LIVRE, { ok: false, detalhes: {} });
  const { status, corpo } = await http(processo.url, { method: 'GET', caminho: '/saude' });
  expect(status).toBe(503);
  expect(JSON.parse(corpo)).toMatchObject({ processo: 'binder', status: expect.not.stringMatching(/^ok$/) });
});

test('as entradas de um batch começam na ordem, mesmo que a primeira demore a ser identificada', async () => {
  const ordem: string[] = [];
  let vez = 0;
  const authentication: Authentication<null, Chamadores> = {
    identificar: async () => {
      vez += 1;
      // A primeira precisa de mais voltas que as outras, como quando ainda há algo a gravar sobre quem chama.
      for (let volta = 0; volta < (vez === 1 ? 20 : 0); volta += 1) await new Promise(setImmediate);
      return null;
    },
    reconhece: () => false,
    autorizar: (_acesso, _identity, params) => {
      ordem.push((params as { procedure_name?: string }).procedure_name ?? '');
      return null;
    },
  };
  await using processo = await processoQue(async () => [], authentication);
  await postar(
    processo.url,
    ['a', 'b', 'c', 'd'].map((nome, id) => ({ jsonrpc: '2.0', id, method: 'lookup_procedure', params: [nome] })),
  );
  expect(ordem).toEqual(['a', 'b', 'c', 'd']);
});

describe('o id de uma chamada', () => {
  test.each(['1', '-7', '0', '1.5', '9007199254740991', '-9007199254740991', '"9007199254740993"', 'null'])(
    '%s volta com os mesmos dígitos',
    async (id) => {
      await using processo = await processoQue(async () => []);
      const { corpo } = await postar(processo.url, `{"jsonrpc":"2.0","id":${id},"method":"list_procedures"}`);
      expect(corpo).toBe(`{"jsonrpc":"2.0","id":${id},"result":[]}`);
    },
  );

  test.each(['9007199254740992', '9007199254740993', '-9007199254740993', '12345678901234567890', '1e300', '1e400'])(
    '%s não se lê sem mudar: é um pedido inválido, e nada é executado',
    async (id) => {
      let chamado = false;
      await using processo = await processoQue(async () => {
        chamado = true;
        return [];
      });
      const { corpo } = await postar(processo.url, `{"jsonrpc":"2.0","id":${id},"method":"list_procedures"}`);
      expect(JSON.parse(corpo)).toMatchObject({ id: null, error: { code: -32600 } });
      expect(chamado).toBe(false);
    },
  );
});

test('um batch grande demais diz quantas chamadas cabem', async () => {
  await using processo = await processoQue(async () => []);
  const lote = Array.from({ length: 51 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'list_procedures' }));
  const { corpo } = await postar(processo.url, lote);
  expect(JSON.parse(corpo)).toMatchObject({
    id: null,
    error: { code: -32600, message: expect.stringMatching(/51.*50/) },
  });
});

describe('os problemas dos parâmetros', () => {
  async function recusaDe(params: unknown, method = 'lookup_procedure') {
    await using processo = await processoQue(async () => []);
    const { corpo } = await postar(processo.url, { jsonrpc: '2.0', id: 1, method, params });
    const { error } = JSON.parse(corpo) as Resposta;
    expect(error?.code).toBe(-32602);
    return { ...error?.data, bytes: Buffer.byteLength(corpo) };
  }

  test('são contados todos, enquanto são poucos', async () => {
    const { problemas, maisProblemas } = await recusaDe(['x', 1, 2, 3]);
    expect(problemas.map(({ parametro }: { parametro: string }) => parametro)).toEqual(['#2', '#3', '#4']);
    expect(maisProblemas).toBeUndefined();
  });

  test.each([
    ['por posição', ['', ...Array(30_000).fill(1)]],
    ['por nome', { procedure_name: '', ...Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`p${n}`, 1])) }],
  ])('são 20 e quantos mais há, se vêm milhares %s; o do parâmetro que existe vem primeiro', async (_, params) => {
    const { problemas, maisProblemas, bytes } = await recusaDe(params);
    expect(problemas).toHaveLength(20);
    expect(problemas[0].parametro).toBe('procedure_name');
    expect(problemas.length + maisProblemas).toBe(Object.keys(params).length);
    expect(bytes).toBeLessThan(4_096);
  });

  test('rpc.discover também não tem parâmetros', async () => {
    const { problemas } = await recusaDe(['a mais'], 'rpc.discover');
    expect(problemas).toEqual([{ parametro: '#1', motivo: expect.stringContaining('no máximo 0') }]);
  });
});

test('o documento de rpc.discover só se escreve na primeira vez que se pede', async () => {
  await using processo = await processoQue(async () => []);
  await postar(processo.url, '{"jsonrpc":"2.0","id":0,"method":"rpc.discover"}');
  const escrever = vi.spyOn(JSON, 'stringify');
  const respostas = [];
  for (const id of [1, 'a', null]) {
    respostas.push(
      await postar(processo.url, `{"jsonrpc":"2.0","id":${id === 'a' ? '"a"' : id},"method":"rpc.discover"}`),
    );
  }
  const grandes = escrever.mock.results.filter(({ value }) => typeof value === 'string' && value.length > 1_000);
  escrever.mockRestore();
  expect(grandes).toEqual([]);
  const documentos = respostas.map(({ corpo }) => JSON.parse(corpo));
  expect(documentos.map(({ id }) => id)).toEqual([1, 'a', null]);
  for (const { result } of documentos) expect(result).toEqual(documentos[0].result);
  expect(documentos[0].result.methods.length).toBeGreaterThan(3);
});
