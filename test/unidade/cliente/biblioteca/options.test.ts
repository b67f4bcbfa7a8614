import { expect, test } from 'vitest';
import { lerOptions } from '../../../../src/cliente/biblioteca/options.ts';
import { OPCOES } from '../../../../src/cliente/options.ts';

test('sem que se diga, vale o mesmo que no cliente de terminal', () => {
  expect(lerOptions({ nome: 'Robô', binder: undefined }, {})).toEqual({
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

test('o binder é o que se diz; sem isso, o de CHAT_BINDER, que se estiver errado é chamado pelo nome', () => {
  const ambiente = { CHAT_BINDER: 'http://outra:5001' };
  expect(lerOptions({ nome: 'Robô' }, ambiente).binders).toEqual(['http://outra:5001']);
  expect(lerOptions({ nome: 'Robô', binder: 'http://aqui:5002' }, ambiente).binders).toEqual(['http://aqui:5002']);
  expect(() => lerOptions({ nome: 'Robô' }, { CHAT_BINDER: 'x' })).toThrow('CHAT_BINDER deve ser');
});
