import { describe, expect, test } from 'vitest';
import { largura } from '../../src/cliente/largura.ts';
import { dispor } from '../../src/cliente/quadro.ts';

const linhas = (texto: string, colunas: number) =>
  dispor({ linhas: [{ texto }] }, colunas, 99).fileiras.map((fileira) => fileira.texto);

describe('a largura', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['ação', 4],
    ['ac\u0327a\u0303o', 4],
    ['日本', 4],
    ['ｶﾅ', 2],
    ['👩‍👩‍👧', 2],
    ['🇧🇷!', 3],
    ['—…', 2],
  ])('de %j é %i', (texto, colunas) => {
    expect(largura(texto)).toBe(colunas);
  });
});

describe('um quadro', () => {
  test('parte na última coluna que cabe, sem separar um caractere largo', () => {
    expect(linhas('abcdef', 3)).toEqual(['abc', 'def']);
    expect(linhas('a日本', 3)).toEqual(['a日', '本']);
    expect(linhas('日本', 3)).toEqual(['日', '本']);
    expect(linhas('', 3)).toEqual(['']);
  });

  test.each([
    ['', { fileira: 0, coluna: 0 }],
    ['ab', { fileira: 0, coluna: 2 }],
    ['abc', { fileira: 1, coluna: 0 }],
    ['abcd', { fileira: 1, coluna: 1 }],
    ['abcdef', { fileira: 2, coluna: 0 }],
  ])('põe o cursor depois de %j', (antes, esperado) => {
    const { cursor, fileiras } = dispor({ linhas: [{ texto: 'abcdef' }], cursor: { linha: 0, antes } }, 3, 99);
    expect(cursor).toEqual(esperado);
    expect(fileiras.length).toBeGreaterThan(esperado.fileira);
  });

  test('que não cabe na janela mostra onde está o cursor', () => {
    const texto = 'abcdefghij';
    const { fileiras, cursor } = dispor(
      { linhas: [{ texto }, { texto: 'z' }], cursor: { linha: 0, antes: 'abcdefg' } },
      2,
      3,
    );
    expect(fileiras.map((fileira) => fileira.texto)).toEqual(['cd', 'ef', 'gh']);
    expect(cursor).toEqual({ fileira: 2, coluna: 1 });
  });

  test('pintar não muda onde se parte', () => {
    const pintar = (texto: string) => `<${texto}>`;
    const { fileiras } = dispor({ linhas: [{ texto: 'abcd', pintar }] }, 2, 99);
    expect(fileiras).toEqual([
      { texto: '<ab>', colunas: 2 },
      { texto: '<cd>', colunas: 2 },
    ]);
  });
});
