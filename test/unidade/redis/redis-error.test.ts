import { expect, test } from 'vitest';
import { explicarNaPartida, RedisError, RedisIndisponivel } from '../../../src/redis/redis-error.ts';

test('o que o Redis não fez na partida se diz numa linha, e o que não é dele fica como é', () => {
  expect(explicarNaPartida(new RedisError('O Redis é antigo.'))).toBe('O Redis é antigo.');
  expect(explicarNaPartida(new RedisIndisponivel('o Redis não respondeu a tempo'))).toBe(
    'Não foi possível usar o Redis: o Redis não respondeu a tempo.',
  );
  expect(explicarNaPartida(new TypeError('defeito'))).toBeUndefined();
});
