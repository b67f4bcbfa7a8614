import { describe, expect, test } from 'vitest';
import { menciona } from '../../../../../src/cliente/interativo/mural/mencao.ts';

const LONGA = 'uma explicação que não acaba, '.repeat(20);

describe('chama', () => {
  test.each([
    ['Ana', 'viu, ana?'],
    ['Ana', `${LONGA}viu, Ana?`],
    ['Ana', `ANA: ${LONGA}`],
    ['Ana', `${'😀'.repeat(200)}Ana${'😀'.repeat(200)}`],
    ['José', `${LONGA}JOSE\u0301!`],
    ['Ana Maria', `${LONGA}e a ana maria, não?`],
    ['Ana-Maria_2.', `${LONGA}(ana-maria_2.)`],
    ['---', `${LONGA} --- ação`],
    ['Νίκος', `${LONGA}ΝΊΚΟΣ`],
    ['Pedro', `${LONGA}ＰＥＤＲＯ`],
  ])('%s em %j', (nome, conteudo) => {
    expect(menciona(conteudo, nome)).toBe(true);
  });
});

describe('não chama', () => {
  test.each([
    ['Ana', 'Anapolis'],
    ['Ana', `${LONGA}Juliana`],
    ['Ana', `${LONGA}ana\u0303`],
    ['Ana', 'Ana2'],
    ['Ana', '\u{20000}Ana'],
    ['Ana', 'Ana\u{20000}'],
    ['Ana Maria', `${LONGA}Ana, Maria`],
    ['ana_', 'ana_b'],
  ])('%s em %j', (nome, conteudo) => {
    expect(menciona(conteudo, nome)).toBe(false);
  });
});

test('uma mensagem feita de marcas, ou do começo do nome, não custa o quadrado dela', () => {
  const { user } = process.cpuUsage();
  expect(menciona(`a${'\u0301\u0323'.repeat(15_000)}`, 'Ána')).toBe(false);
  expect(menciona('aná'.repeat(20_000), 'aná')).toBe(false);
  // Em microssegundos de processador: a forma que cresce com o quadrado leva segundos.
  expect(process.cpuUsage().user - user).toBeLessThan(400_000);
});
