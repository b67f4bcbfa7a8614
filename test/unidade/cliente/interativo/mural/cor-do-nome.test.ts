import { afterEach, beforeEach, expect, test } from 'vitest';
import { coresDosNomes } from '../../../../../src/cliente/interativo/mural/cor-do-nome.ts';
import { usarCores } from '../../../../../src/cliente/terminal/tela/cores.ts';

beforeEach(() => usarCores(2));
afterEach(() => usarCores(0));

const NOMES = Array.from({ length: 300 }, (_, n) => `Pessoa ${n}`);

test('a cor de um nome é a mesma, como quer que ele se escreva, e nomes parecidos usam todas', () => {
  const cor = coresDosNomes([]);
  expect(cor('PEDRO')('x')).toBe(cor('pedro')('x'));
  expect(new Set(NOMES.map((nome) => cor(nome)('x'))).size).toBe(5);
});

test('enquanto há cores, dois da mesma sala nunca têm a mesma, e a ordem em que se dizem não importa', () => {
  for (let n = 0; n + 5 <= NOMES.length; n += 5) {
    const sala = NOMES.slice(n, n + 5);
    const cor = coresDosNomes(sala);
    expect(new Set(sala.map((nome) => cor(nome)('x'))).size).toBe(5);
    const outra = coresDosNomes([...sala].reverse());
    expect(sala.map((nome) => outra(nome)('x'))).toEqual(sala.map((nome) => cor(nome)('x')));
  }
});

test('com mais gente que cores, ninguém fica sem uma', () => {
  const cor = coresDosNomes(NOMES);
  for (const nome of NOMES) expect(cor(nome)('x')).not.toBe('x');
});
