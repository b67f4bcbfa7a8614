/** Quem espera por uma mudança da tabela do binder. */

import { setImmediate as volta } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryRegistry } from '../../../src/binder/registry/memory-registry.ts';
import type { TabelaComVersao } from '../../../src/binder/registry/registry.ts';
import { Watchers } from '../../../src/binder/watchers.ts';
import { ContractError } from '../../../src/contract/errors.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../suporte/relogio.ts';

const A = { address: 'um.example', port: 1 };
const B = { address: 'dois.example', port: 2 };
const ESPERA_MS = 60_000;
/** O contrato: uma mudança é dita em 50 ms. */
const AVISO_MS = 50;

let relogio: RelogioDeTeste;
let registry: MemoryRegistry;
let watchers: Watchers;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  relogio = relogioDeTeste();
  registry = new MemoryRegistry(relogio);
  watchers = new Watchers(registry);
});

afterEach(async () => {
  await watchers.close();
  await registry.close();
  vi.useRealTimers();
});

function seguir(desde: string | undefined, esperarMs = ESPERA_MS) {
  let desistir = () => {};
  const recebida: { tabela?: TabelaComVersao } = {};
  const espera = watchers.watch(desde, esperarMs, (fazer) => {
    desistir = fazer;
  });
  espera.then(
    (tabela) => {
      recebida.tabela = tabela;
    },
    () => {},
  );
  return { espera, recebida, desistir: () => desistir() };
}

async function passar(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await volta();
}

const versaoDeAgora = async () => (await registry.listComVersao()).versao;

test.each([
  ['sem versão', undefined],
  ['com outra versão', 'outra'],
  ['com uma versão vazia', ''],
])('%s, a tabela vem já', async (_, desde) => {
  await registry.register('p', A, undefined);
  const { espera } = seguir(desde);
  expect(await espera).toEqual({
    versao: await versaoDeAgora(),
    procedures: [{ procedure_name: 'p', endpoints: [{ ...A, ttl_s: null }] }],
  });
  expect(watchers.quantos).toBe(0);
});

test('com a versão de agora e sem esperar, vem já', async () => {
  expect(await seguir(await versaoDeAgora(), 0).espera).toEqual({ versao: await versaoDeAgora(), procedures: [] });
});

describe('com a versão de agora, espera', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['vem', () => registry.register('p', B, undefined)],
    ['sai', () => registry.unregister('p', A)],
  ])('até que um endpoint %s, e sabe disso em 50 ms', async (_, mudar) => {
    await registry.register('p', A, undefined);
    const { recebida } = seguir(await versaoDeAgora());
    await passar(ESPERA_MS / 2);
    expect(recebida.tabela).toBeUndefined();
    await mudar();
    await passar(AVISO_MS);
    expect(recebida.tabela).toEqual(await registry.listComVersao());
    expect(watchers.quantos).toBe(0);
  });

  test('e uma renovação não a acorda', async () => {
    await registry.register('p', A, 30);
    const { recebida } = seguir(await versaoDeAgora());
    await volta();
    await registry.register('p', A, 30);
    await registry.lookup('p');
    await passar(1_000);
    expect(recebida.tabela).toBeUndefined();
    expect(watchers.quantos).toBe(1);
  });

  test('até que um lease vença, e sabe disso em menos de 1 s', async () => {
    await registry.register('p', A, 1);
    const { recebida } = seguir(await versaoDeAgora());
    await passar(500);
    expect(recebida.tabela).toBeUndefined();
    relogio.avancar(1_000);
    await passar(900);
    expect(recebida.tabela?.procedures).toEqual([]);
  });

  test('até o fim do tempo que pediu, e recebe a tabela daquela hora, na mesma versão', async () => {
    await registry.register('p', A, 30);
    const versao = await versaoDeAgora();
    const { recebida } = seguir(versao);
    relogio.avancar(10_000);
    await passar(ESPERA_MS - 1);
    expect(recebida.tabela).toBeUndefined();
    await passar(1);
    expect(recebida.tabela).toEqual({
      versao,
      procedures: [{ procedure_name: 'p', endpoints: [{ ...A, ttl_s: 20 }] }],
    });
  });

  test('e os muitos nomes que um servidor registra juntos vêm de uma vez', async () => {
    const { recebida } = seguir(await versaoDeAgora());
    await volta();
    for (const nome of ['a', 'b', 'c']) {
      await registry.register(nome, A, undefined);
      await volta();
    }
    await passar(AVISO_MS);
    expect(recebida.tabela?.procedures).toHaveLength(3);
  });

  test('e muitos que esperam recebem a mesma leitura', async () => {
    const versao = await versaoDeAgora();
    const todos = Array.from({ length: 20 }, () => seguir(versao));
    await volta();
    await registry.register('p', A, undefined);
    await passar(AVISO_MS);
    expect(new Set(todos.map(({ recebida }) => recebida.tabela)).size).toBe(1);
    expect(todos[0]?.recebida.tabela?.procedures).toHaveLength(1);
  });

  test('e deixa de esperar quando quem perguntou se foi', async () => {
    const { desistir } = seguir(await versaoDeAgora());
    await volta();
    expect(watchers.quantos).toBe(1);
    desistir();
    expect(watchers.quantos).toBe(0);
    expect(vi.getTimerCount()).toBe(1);
  });
});

test('quando o binder termina, todos recebem a tabela; e quem chega depois não espera', async () => {
  const versao = await versaoDeAgora();
  const { espera } = seguir(versao);
  await volta();
  await watchers.close();
  expect(await espera).toEqual({ versao, procedures: [] });
  expect(await seguir(versao).espera).toEqual({ versao, procedures: [] });
});

test('sem a tabela de agora, quem chega é recusado, quem espera continua, e a volta dela é dita', async () => {
  const indisponivel = new ContractError('SERVICO_INDISPONIVEL');
  const { recebida } = seguir(await versaoDeAgora());
  await volta();
  const ler = vi.spyOn(registry, 'listComVersao').mockRejectedValue(indisponivel);
  await registry.register('p', A, undefined);
  await passar(AVISO_MS);
  await expect(seguir(undefined).espera).rejects.toBe(indisponivel);
  expect(recebida.tabela).toBeUndefined();
  ler.mockRestore();
  await registry.register('q', A, undefined);
  await passar(AVISO_MS);
  expect(recebida.tabela?.procedures).toHaveLength(2);
});
