import { expect, test } from 'vitest';
import { escreverTraceparent, lerTraceparent } from '../../../src/rpc/traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('o que se escreve é o que se lê', () => {
  const cabecalho = `00-${TRACE}-${SPAN}-01`;
  const lido = lerTraceparent(cabecalho);
  expect(lido).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1 });
  expect(lido && escreverTraceparent(lido)).toBe(cabecalho);
});

test('uma versão que ainda não existe pode trazer mais campos no fim', () => {
  expect(lerTraceparent(`01-${TRACE}-${SPAN}-00-mais`)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 0 });
});

test.each([
  ['que não veio', undefined],
  ['vazio', ''],
  ['com um trace de zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['com um span de zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['com letras maiúsculas', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['da versão proibida', `ff-${TRACE}-${SPAN}-01`],
  ['da versão 00 com mais campos', `00-${TRACE}-${SPAN}-01-mais`],
  ['sem os sinais', `00-${TRACE}-${SPAN}`],
])('um cabeçalho %s não vale', (_, cabecalho) => {
  expect(lerTraceparent(cabecalho)).toBeUndefined();
});
