import { expect, test } from 'vitest';
import { Enviadas } from '../../../../../src/cliente/interativo/linha/enviadas.ts';

test('duas iguais em seguida são uma, e de cada mudança se sabe', () => {
  const vistas: string[] = [];
  const enviadas = new Enviadas(['a'], (linhas) => vistas.push(linhas.join(' ')));
  for (const linha of ['a', 'b', 'b', 'a']) enviadas.lembrar(linha);
  expect(vistas).toEqual(['a b', 'a b a']);
});

test('ficam as últimas 200', () => {
  const enviadas = new Enviadas([], () => {});
  for (let n = 0; n < 250; n += 1) enviadas.lembrar(`linha ${n}`);
  expect([enviadas.linhas.length, enviadas.linhas[0]]).toEqual([200, 'linha 50']);
});
