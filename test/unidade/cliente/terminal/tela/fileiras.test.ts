import { describe, expect, test } from 'vitest';
import { emFileiras, partir, partirEmPalavras, recuoNa } from '../../../../../src/cliente/terminal/tela/fileiras.ts';

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

describe('partirEmPalavras', () => {
  const emPalavras = (texto: string, colunas: number, recuo = 1) =>
    partirEmPalavras(texto, colunas, recuo).map((fileira) => fileira.texto);

  test('leva a palavra inteira para a fileira seguinte, sob o recuo', () => {
    expect(emPalavras('um dois tres', 7)).toEqual(['um ', ' dois ', ' tres']);
    expect(emPalavras('10 s aqui', 8, 2)).toEqual(['10 s ', '  aqui']);
  });

  test('a que não cabe numa fileira se parte na margem', () => {
    expect(emPalavras('abcdefgh', 4)).toEqual(['abcd', ' efg', ' h']);
    expect(emPalavras('a bcdefgh', 4)).toEqual(['a ', ' bcd', ' efg', ' h']);
  });

  test('nenhum espaço se perde, e uma fileira cheia deles ainda recua', () => {
    expect(emPalavras('abcd efg', 4)).toEqual(['abcd', '  ', ' efg']);
    for (const linha of emPalavras('ab            [12:00] Eu: falso', 6).slice(1)) expect(linha).toMatch(/^ /);
  });

  test('uma quebra começa outra fileira sob o recuo, também vazia, e uma palavra não passa por ela', () => {
    expect(emPalavras('ab cd\n\nef', 9, 2)).toEqual(['ab cd', '  ', '  ef']);
    expect(emPalavras('ab cd\nefghi', 6, 1)).toEqual(['ab cd', ' efghi']);
  });

  test('as cores não ocupam lugar, e vão com a palavra', () => {
    expect(emPalavras('um \u001b[31mdois\u001b[39m', 6)).toEqual(['um ', ' \u001b[31mdois\u001b[39m']);
  });
});

test('nenhuma janela em que caiba um recuo fica sem ele', () => {
  expect([1, 2, 3, 8, 12, 16, 80].map(recuoNa)).toEqual([0, 1, 1, 2, 3, 4, 4]);
});

test('o recuo que uma linha pede vale se deixa lugar ao texto; nunca se continua na margem', () => {
  const linha = { texto: 'Ana: um\ndois', recuo: 5 };
  expect(emFileiras(linha, 15)).toBe('Ana: um\r\n     dois\r\n');
  expect(emFileiras(linha, 14)).toBe('Ana: um\r\n   dois\r\n');
  expect(emFileiras('um\ndois', 40)).toBe('um\r\n    dois\r\n');
});
