import { expect, test } from 'vitest';
import { corDoNome } from '../../../../../src/cliente/interativo/mural/cor-do-nome.ts';
import { usarCores } from '../../../../../src/cliente/terminal/tela/cores.ts';

test('a cor de um nome é a mesma, como quer que ele se escreva, e nomes parecidos usam todas', () => {
  usarCores(2);
  expect(corDoNome('PEDRO')('x')).toBe(corDoNome('pedro')('x'));
  const nomes = Array.from({ length: 300 }, (_, n) => `Pessoa ${n}`);
  expect(new Set(nomes.map((nome) => corDoNome(nome)('x'))).size).toBe(5);
  usarCores(0);
});
