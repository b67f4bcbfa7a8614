import { describe, expect, test } from 'vitest';
import { partir, recuoNa } from '../../../../../src/cliente/terminal/tela/fileiras.ts';

const fileiras = (texto: string, colunas: number, recuo?: number) =>
  partir(texto, colunas, recuo).map((fileira) => fileira.texto);

describe('partir', () => {
  test('na última coluna que cabe, sem separar um caractere', () => {
    expect(fileiras('abcdef', 3)).toEqual(['abc', 'def']);
    expect(fileiras('a日本', 3)).toEqual(['a日', '本']);
    expect(fileiras('日本', 3)).toEqual(['日', '本']);
    expect(fileiras('日本', 1)).toEqual(['日', '本']);
    expect(fileiras('', 3)).toEqual(['']);
  });

  test('diz quantas colunas cada fileira ocupa', () => {
    expect(partir('a日bc', 4, 1)).toEqual([
      { texto: 'a日b', colunas: 4 },
      { texto: ' c', colunas: 2 },
    ]);
  });

  test('recua cada fileira depois da primeira, também se ela começa por espaços', () => {
    expect(fileiras('abcdefgh', 4, 1)).toEqual(['abcd', ' efg', ' h']);
    expect(fileiras('ab      cd', 4, 1)).toEqual(['ab  ', '    ', '  cd']);
    expect(fileiras('a日日日', 3, 2)).toEqual(['a日', '  日', '  日']);
  });

  test('as cores não ocupam lugar', () => {
    expect(fileiras('\u001b[31mab\u001b[39mcd\u001b[2mefg\u001b[22m', 4, 1)).toEqual([
      '\u001b[31mab\u001b[39mcd\u001b[2m',
      ' efg\u001b[22m',
    ]);
  });
});

test('nenhuma janela em que caiba um recuo fica sem ele', () => {
  expect([1, 2, 3, 8, 12, 16, 80].map(recuoNa)).toEqual([0, 1, 1, 2, 3, 4, 4]);
});
