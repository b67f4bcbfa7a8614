import { describe, expect, test } from 'vitest';
import { ContractError } from '../../../src/contract/errors.ts';
import { RedisError, RedisIndisponivel } from '../../../src/redis/redis-error.ts';
import { explicarFalhaDosDados } from '../../../src/server/falha-dos-dados.ts';
import { StoreError } from '../../../src/store/store-error.ts';

describe('por que os dados não se abriram', () => {
  test.each([
    ['um Redis que não serve', new RedisError('sem Redis'), 'sem Redis'],
    ['um Redis que não responde a quem abre', new RedisIndisponivel('tarde'), 'Não foi possível usar o Redis: tarde.'],
    [
      'um Redis que não responde à primeira leitura',
      new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 500 }),
      'Não foi possível usar o Redis: o Redis não respondeu a tempo.',
    ],
  ])('%s', (_, erro, dito) => {
    expect(explicarFalhaDosDados(erro, true)).toBe(dito);
  });

  test('um arquivo que não se abre, e um que não se pode gravar', () => {
    expect(explicarFalhaDosDados(new StoreError('em_uso', 'em uso'), false)).toBe('em uso');
    const semLugar = new ContractError('SERVICO_INDISPONIVEL');
    expect(explicarFalhaDosDados(semLugar, false)).toBe(semLugar.message);
  });

  test('o que não é dos dados continua como é', () => {
    expect(explicarFalhaDosDados(new TypeError('defeito'), true)).toBeUndefined();
    expect(explicarFalhaDosDados(new ContractError('NAO_AUTENTICADO'), true)).toBeUndefined();
  });
});
