import { expect, test } from 'vitest';
import { quadroDaLinha } from '../../../../../src/cliente/terminal/perguntas/quadro-da-linha.ts';

test('a pergunta, a linha e o que fica abaixo dela, com o cursor onde se está', () => {
  expect(quadroDaLinha('Nome:', { texto: 'Ana', cursor: 1 }, [{ texto: 'ajuda' }])).toEqual({
    linhas: [{ texto: 'Nome: Ana' }, { texto: 'ajuda' }],
    cursor: { linha: 0, antes: 'Nome: A' },
  });
});

test('de uma linha enorme só se mostra o que está perto do cursor', () => {
  const texto = `${'a'.repeat(500_000)}AQUI${'b'.repeat(500_000)}`;
  const { linhas, cursor } = quadroDaLinha('Nome:', { texto, cursor: 500_004 });
  expect(linhas[0]?.texto).toMatch(/^Nome: …a+AQUIb+…$/);
  expect(linhas[0]?.texto.length).toBeLessThan(30_000);
  expect(cursor?.antes).toMatch(/^Nome: …a+AQUI$/);
});

test('o que se mostra nunca começa nem acaba no meio de um caractere', () => {
  const texto = `a${'\u{1f600}'.repeat(40_000)}`;
  for (const cursor of [1, 20_001, 40_001, 80_001]) {
    expect(quadroDaLinha('', { texto, cursor }).linhas[0]?.texto).toMatch(/^ …?a?\u{1f600}+…?$/u);
  }
});
