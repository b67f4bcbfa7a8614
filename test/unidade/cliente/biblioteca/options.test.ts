import { expect, test } from 'vitest';
import { lerOptions } from '../../../../src/cliente/biblioteca/options.ts';
import { OPCOES } from '../../../../src/cliente/options.ts';

test('sem que se diga, vale o mesmo que no cliente de terminal', () => {
  expect(lerOptions({ nome: 'Robô' })).toEqual({
    binders: OPCOES.binder.padrao,
    ritmo: { intervaloMs: OPCOES.intervalo.padrao, esperaMs: OPCOES.espera.padrao },
    prazoMs: 10_000,
  });
});

test.each([
  [{ intervaloMs: 0 }, 'intervaloMs deve ser um número de 10 a 3600000'],
  [{ intervaloMs: Number.NaN }, 'intervaloMs deve ser um número de 10 a 3600000'],
  [{ intervaloMs: Number.POSITIVE_INFINITY }, 'intervaloMs deve ser um número de 10 a 3600000'],
  [{ esperaMs: -1 }, 'esperaMs deve ser um número de 0 a '],
  [{ prazoMs: -1 }, 'prazoMs deve ser um número a partir de 0'],
  [{ binder: 'ftp://x' }, 'binder deve ser'],
])('%j é um engano dito antes de qualquer chamada', (opcoes, motivo) => {
  expect(() => lerOptions({ nome: 'Robô', ...opcoes })).toThrow(motivo);
});

test('insistir para sempre é um prazo como outro', () => {
  expect(lerOptions({ nome: 'Robô', prazoMs: Number.POSITIVE_INFINITY }).prazoMs).toBe(Number.POSITIVE_INFINITY);
});
