/** Seção 2 do contrato: o binder, pelo fio. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { iniciarBinder } from '../../scripts/comum/processos.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { abrirBinder, type BinderLocal } from '../suporte/local/binder.ts';

let binder: BinderLocal;
let contador = 0;

beforeAll(async () => {
  binder = await abrirBinder(relogioDoSistema);
});

afterAll(() => binder[Symbol.asyncDispose]());

function nomeNovo(): string {
  contador += 1;
  return `procedimento_${contador}`;
}

const feito = (method: string, params?: unknown) => resultado(binder.url, method, params);
const recusado = (method: string, params?: unknown) => recusa(binder.url, method, params);

async function problemasDe(method: string, params: unknown): Promise<string[]> {
  const { code, data } = await recusado(method, params);
  expect(code).toBe(-32602);
  return [...new Set<string>(data.problemas.map(({ parametro }: { parametro: string }) => parametro))];
}

describe('register_procedure', () => {
  test('devolve o que registrou, por nome ou por posição', async () => {
    const procedure_name = nomeNovo();
    const esperado = { procedure_name, address: 'localhost', port: 8005, ttl_s: 30 };
    expect(await feito('register_procedure', esperado)).toEqual(esperado);
    expect(await feito('register_procedure', [procedure_name, 'localhost', 8005, 30])).toEqual(esperado);
  });

  test('sem ttl_s, ou com null, não há lease: ttl_s é null na resposta e no lookup', async () => {
    for (const params of [
      ['localhost', 1],
      ['localhost', 1, null],
    ]) {
      const procedure_name = nomeNovo();
      const esperado = { procedure_name, address: 'localhost', port: 1, ttl_s: null };
      expect(await feito('register_procedure', [procedure_name, ...params])).toEqual(esperado);
      expect(await feito('lookup_procedure', [procedure_name])).toEqual(esperado);
    }
  });

  test('um nome que já há ganha mais um endpoint, e o mesmo endpoint de novo não é um erro', async () => {
    const nome = nomeNovo();
    await feito('register_procedure', [nome, 'localhost', 1]);
    await feito('register_procedure', [nome, 'localhost', 1]);
    await feito('register_procedure', [nome, 'localhost', 2]);
    const lista = await feito('list_procedures');
    const { endpoints } = lista.find(({ procedure_name }: { procedure_name: string }) => procedure_name === nome);
    expect(endpoints).toEqual([
      { address: 'localhost', port: 1, ttl_s: null },
      { address: 'localhost', port: 2, ttl_s: null },
    ]);
  });

  test.each(['a', 'Z', '0', '_', '.', '-', '__proto__', 'rpc.discover', 'criar_sala', 'a.b-c_D', 'x'.repeat(128)])(
    'procedure_name %s serve',
    async (nome) => {
      await feito('register_procedure', [nome, 'localhost', 1]);
      expect(await feito('lookup_procedure', [nome])).toMatchObject({ procedure_name: nome });
      expect(await feito('unregister_procedure', [nome, 'localhost', 1])).toBe(true);
    },
  );

  test.each(['', ' ', 'com espaço', 'ação', 'a/b', 'a\n', 'a\u0000', '😀', 'x'.repeat(129), 1, true, ['a'], {}])(
    'procedure_name %j não serve, em nenhum procedimento que o recebe',
    async (nome) => {
      expect(await problemasDe('register_procedure', [nome, 'localhost', 1])).toEqual(['procedure_name']);
      expect(await problemasDe('lookup_procedure', [nome])).toEqual(['procedure_name']);
      expect(await problemasDe('unregister_procedure', [nome, 'localhost', 1])).toEqual(['procedure_name']);
    },
  );

  test.each([
    'localhost',
    'chat-1.example.com',
    'a',
    '127.0.0.1',
    '192.168.0.10',
    '::1',
    'fe80::1',
    '2001:db8::8a2e:370:7334',
  ])('address %s serve, e volta como foi dado', async (address) => {
    const nome = nomeNovo();
    expect(await feito('register_procedure', [nome, address, 1])).toMatchObject({ address });
    expect(await feito('lookup_procedure', [nome])).toMatchObject({ address });
  });

  test.each([
    '',
    ' ',
    'com espaço',
    '[::1]',
    'http://localhost',
    'localhost:8005',
    'localhost/rpc',
    '-a.example',
    'a..b',
    '1.2.3.4.5',
    '256.1.1.1',
    ':::1',
    '::g',
    'açúcar.example',
    'a\u0000',
    'localhost\r\nX: y',
    'x'.repeat(300),
    7,
    ['localhost'],
  ])('address %j não serve', async (address) => {
    expect(await problemasDe('register_procedure', [nomeNovo(), address, 1])).toEqual(['address']);
  });

  test.each([1, 65_535])('port %j serve', async (port) => {
    expect(await feito('register_procedure', [nomeNovo(), 'localhost', port])).toMatchObject({ port });
  });

  test.each([0, -1, 65_536, 1.5, '8005', true, [1], 1e300])('port %j não serve', async (port) => {
    expect(await problemasDe('register_procedure', [nomeNovo(), 'localhost', port])).toEqual(['port']);
  });

  test.each([1, 86_400])('ttl_s %j serve', async (ttl_s) => {
    expect(await feito('register_procedure', [nomeNovo(), 'localhost', 1, ttl_s])).toMatchObject({ ttl_s });
  });

  test.each([0, -1, 86_401, 0.5, 1.5, '30', false, []])('ttl_s %j não serve', async (ttl_s) => {
    expect(await problemasDe('register_procedure', [nomeNovo(), 'localhost', 1, ttl_s])).toEqual(['ttl_s']);
  });
});

describe('lookup_procedure', () => {
  test('de um nome que ninguém registrou dá 1001', async () => {
    const { code, message, data } = await recusado('lookup_procedure', [nomeNovo()]);
    expect(code).toBe(1001);
    expect(data.tipo).toBe('PROCEDIMENTO_NAO_REGISTRADO');
    expect(message).toMatch(/\p{L}+ \p{L}+/u);
  });

  test('reparte as chamadas por todos os endpoints vivos', async () => {
    const nome = nomeNovo();
    for (const port of [1, 2, 3]) await feito('register_procedure', [nome, 'localhost', port]);
    const portas: number[] = [];
    for (let vez = 0; vez < 6; vez += 1) portas.push((await feito('lookup_procedure', [nome])).port);
    expect(new Set(portas.slice(0, 3))).toEqual(new Set([1, 2, 3]));
    expect(portas.slice(3)).toEqual(portas.slice(0, 3));
  });

  test('diz por quanto tempo a resposta pode ser guardada: o que resta do lease', async () => {
    const nome = nomeNovo();
    await feito('register_procedure', [nome, 'localhost', 1, 60]);
    const { ttl_s } = await feito('lookup_procedure', [nome]);
    expect(ttl_s).toBeGreaterThan(50);
    expect(ttl_s).toBeLessThanOrEqual(60);
  });

  test('distingue maiúsculas', async () => {
    const nome = nomeNovo();
    await feito('register_procedure', [nome, 'localhost', 1]);
    expect((await recusado('lookup_procedure', [nome.toUpperCase()])).code).toBe(1001);
  });
});

describe('um lease', () => {
  test('que ninguém renova vence, e leva consigo só o seu endpoint', async () => {
    const nome = nomeNovo();
    const sozinho = nomeNovo();
    const inicioMs = performance.now();
    await feito('register_procedure', [nome, 'localhost', 1, 1]);
    await feito('register_procedure', [nome, 'localhost', 2]);
    await feito('register_procedure', [sozinho, 'localhost', 1, 1]);
    await ate(async () => (await chamar(binder.url, 'lookup_procedure', [sozinho])).error?.code === 1001, 'o fim');
    expect(performance.now() - inicioMs).toBeGreaterThanOrEqual(990);
    const lista = await feito('list_procedures');
    const nomes = lista.map(({ procedure_name }: { procedure_name: string }) => procedure_name);
    expect(nomes).not.toContain(sozinho);
    for (let vez = 0; vez < 3; vez += 1) expect(await feito('lookup_procedure', [nome])).toMatchObject({ port: 2 });
    expect(await feito('unregister_procedure', [nome, 'localhost', 1])).toBe(false);
  });

  test('renovado vale além do seu primeiro fim', async () => {
    const [renovado, controle] = [nomeNovo(), nomeNovo()];
    await feito('register_procedure', [renovado, 'localhost', 1, 1]);
    await feito('register_procedure', [controle, 'localhost', 1, 1]);
    await feito('register_procedure', [renovado, 'localhost', 1, 60]);
    await ate(async () => (await chamar(binder.url, 'lookup_procedure', [controle])).error?.code === 1001, 'o fim');
    expect(await feito('lookup_procedure', [renovado])).toMatchObject({ port: 1 });
  });

  test('substituído por um registro sem lease não vence mais', async () => {
    const [fixo, controle] = [nomeNovo(), nomeNovo()];
    await feito('register_procedure', [fixo, 'localhost', 1, 1]);
    await feito('register_procedure', [fixo, 'localhost', 1]);
    await feito('register_procedure', [controle, 'localhost', 1, 1]);
    await ate(async () => (await chamar(binder.url, 'lookup_procedure', [controle])).error?.code === 1001, 'o fim');
    expect(await feito('lookup_procedure', [fixo])).toMatchObject({ ttl_s: null });
  });
});

describe('unregister_procedure', () => {
  test('devolve true a quem estava lá, e depois false', async () => {
    const nome = nomeNovo();
    await feito('register_procedure', [nome, 'localhost', 1]);
    expect(await feito('unregister_procedure', [nome, 'localhost', 1])).toBe(true);
    expect(await feito('unregister_procedure', [nome, 'localhost', 1])).toBe(false);
    expect((await recusado('lookup_procedure', [nome])).code).toBe(1001);
  });

  test('só retira aquele endpoint', async () => {
    const nome = nomeNovo();
    await feito('register_procedure', [nome, 'localhost', 1]);
    await feito('register_procedure', [nome, 'localhost', 2]);
    expect(await feito('unregister_procedure', [nome, '127.0.0.1', 1])).toBe(false);
    expect(await feito('unregister_procedure', [nome, 'localhost', 1])).toBe(true);
    expect(await feito('lookup_procedure', [nome])).toMatchObject({ port: 2 });
  });

  test('não aceita ttl_s', async () => {
    expect(await problemasDe('unregister_procedure', { procedure_name: 'a', address: 'b', port: 1, ttl_s: 1 })).toEqual(
      ['ttl_s'],
    );
  });
});

test('list_procedures dá os nomes em ordem de code points, cada um com seus endpoints', async () => {
  await using sozinho = await abrirBinder(relogioDoSistema);
  for (const nome of ['b', 'B', 'a', '_']) {
    await resultado(sozinho.url, 'register_procedure', [nome, '::1', 1, nome === 'a' ? 86_400 : null]);
  }
  expect(await resultado(sozinho.url, 'list_procedures')).toEqual([
    { procedure_name: 'B', endpoints: [{ address: '::1', port: 1, ttl_s: null }] },
    { procedure_name: '_', endpoints: [{ address: '::1', port: 1, ttl_s: null }] },
    { procedure_name: 'a', endpoints: [{ address: '::1', port: 1, ttl_s: 86_400 }] },
    { procedure_name: 'b', endpoints: [{ address: '::1', port: 1, ttl_s: null }] },
  ]);
});

test('um binder recém-iniciado não conhece nada', async () => {
  await using sozinho = await abrirBinder(relogioDoSistema);
  expect(await resultado(sozinho.url, 'list_procedures')).toEqual([]);
});

describe('com um segredo', () => {
  const EM_ASCII = 'segredo-de-teste-0123456789';

  test('registrar e retirar o exigem; procurar e listar, não', async () => {
    await using guardado = await abrirBinder(relogioDoSistema, { segredo: EM_ASCII });
    const registro = ['nome', 'localhost', 1];
    for (const bearer of [undefined, 'outro', `${EM_ASCII}x`, EM_ASCII.slice(1), EM_ASCII.toUpperCase()]) {
      for (const method of ['register_procedure', 'unregister_procedure']) {
        const { code, data } = await recusa(guardado.url, method, registro, bearer);
        expect({ code, tipo: data.tipo }).toEqual({ code: 1002, tipo: 'SEGREDO_INVALIDO' });
      }
    }
    expect(await resultado(guardado.url, 'list_procedures')).toEqual([]);
    await resultado(guardado.url, 'register_procedure', registro, EM_ASCII);
    expect(await resultado(guardado.url, 'lookup_procedure', ['nome'])).toMatchObject({ port: 1 });
    expect(await resultado(guardado.url, 'list_procedures')).toHaveLength(1);
    expect((await recusa(guardado.url, 'unregister_procedure', registro)).code).toBe(1002);
    expect(await resultado(guardado.url, 'lookup_procedure', ['nome'])).toMatchObject({ port: 1 });
    expect(await resultado(guardado.url, 'unregister_procedure', registro, EM_ASCII)).toBe(true);
  });

  test('os parâmetros são conferidos antes dele', async () => {
    await using guardado = await abrirBinder(relogioDoSistema, { segredo: EM_ASCII });
    expect((await recusa(guardado.url, 'register_procedure', ['com espaço', '', 0])).code).toBe(-32602);
  });

  test('ele não aparece em nada que o processo escreve, que não tem o que dizer', async () => {
    await using guardado = await iniciarBinder({ ambiente: { CHAT_SEGREDO: EM_ASCII } });
    await resultado(guardado.url, 'register_procedure', ['nome', 'localhost', 1], EM_ASCII);
    const { code } = await recusa(guardado.url, 'register_procedure', ['nome', 'localhost', 1], 'tentativa-errada');
    expect(code).toBe(1002);
    await guardado.encerrar();
    expect(guardado.saida()).not.toMatch(new RegExp(`${EM_ASCII}|tentativa-errada`));
    expect(guardado.erros()).toBe('');
  });
});

describe('watch_procedures', () => {
  /** Só destes testes: os leases dos outros também vencem, e isso muda a tabela. */
  let proprio: BinderLocal;
  beforeAll(async () => {
    proprio = await abrirBinder(relogioDoSistema);
  });
  afterAll(() => proprio[Symbol.asyncDispose]());
  const feito = (method: string, params?: unknown) => resultado(proprio.url, method, params);

  test('dá a tabela que list_procedures dá, e a versão dela, por nome ou por posição', async () => {
    await feito('register_procedure', [nomeNovo(), 'localhost', 1]);
    const observada = await feito('watch_procedures');
    expect(observada).toEqual({ versao: expect.any(String), procedures: await feito('list_procedures') });
    expect(await feito('watch_procedures', { desde: observada.versao, esperarMs: 0 })).toEqual(observada);
    expect(await feito('watch_procedures', [null, null])).toEqual(observada);
  });

  test('a versão muda quando um endpoint vem e quando sai, e não quando se renova', async () => {
    const nome = nomeNovo();
    const versao = async () => (await feito('watch_procedures')).versao;
    const versoes = [await versao()];
    await feito('register_procedure', [nome, 'localhost', 1, 60]);
    versoes.push(await versao());
    await feito('register_procedure', [nome, 'localhost', 1, 30]);
    expect(await versao()).toBe(versoes[1]);
    await feito('unregister_procedure', [nome, 'localhost', 1]);
    versoes.push(await versao());
    expect(new Set(versoes).size).toBe(3);
  });

  test('com a versão de agora, a resposta vem com a mudança seguinte; com outra, vem já', async () => {
    const nome = nomeNovo();
    const { versao } = await feito('watch_procedures');
    const espera = feito('watch_procedures', [versao, 120_000]);
    await feito('register_procedure', [nome, 'localhost', 1]);
    const mudada = await espera;
    expect(mudada.versao).not.toBe(versao);
    expect(mudada.procedures.map(({ procedure_name }: { procedure_name: string }) => procedure_name)).toContain(nome);
    expect(await feito('watch_procedures', [versao, 120_000])).toMatchObject({ versao: mudada.versao });
  });

  test.each([
    [['x'.repeat(65)], ['desde']],
    [[1], ['desde']],
    [[null, -1], ['esperarMs']],
    [[null, 120_001], ['esperarMs']],
    [[null, 0.5], ['esperarMs']],
  ])('%j não serve', async (params, problemas) => {
    expect(await problemasDe('watch_procedures', params)).toEqual(problemas);
  });
});
