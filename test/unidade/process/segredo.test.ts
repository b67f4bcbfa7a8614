import { expect, test } from 'vitest';
import { conferirSegredo } from '../../../src/process/segredo.ts';

test('só o segredo inteiro confere', () => {
  const confere = conferirSegredo('abc');
  expect(confere('abc')).toBe(true);
  for (const dito of [undefined, '', 'ab', 'abcd', 'ABC', 'abc ']) expect(confere(dito)).toBe(false);
});
