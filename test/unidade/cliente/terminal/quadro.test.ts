import { describe, expect, test } from 'vitest';
import { largura } from '../../../../src/cliente/terminal/largura.ts';
import { dispor } from '../../../../src/cliente/terminal/quadro.ts';

const linhas = (texto: string, colunas: number) => dispor({ linhas: [{ texto }] }, colunas, 99).fileiras;

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
    ['', 0, ['abc', 'def']],
    ['ab', 2, ['abc', 'def']],
    ['abc', undefined, ['abc', '\u001b[7md\u001b[27mef']],
    ['abcde', undefined, ['abc', 'de\u001b[7mf\u001b[27m']],
    ['abcdef', undefined, ['abc', 'def', '\u001b[7m \u001b[27m']],
  ])('põe o cursor depois de %j na coluna, ou pintado se não é na primeira fileira', (antes, coluna, fileiras) => {
    const disposicao = dispor({ linhas: [{ texto: 'abcdef' }], cursor: { linha: 0, antes } }, 3, 99);
    expect(disposicao).toEqual({ fileiras, coluna });
  });

  test('pinta o caractere inteiro, largo ou composto', () => {
    const texto = 'abcd日e\u0301f';
    const pintado = (antes: string) => dispor({ linhas: [{ texto }], cursor: { linha: 0, antes } }, 4, 99).fileiras[1];
    expect(pintado('abcd')).toBe('\u001b[7m日\u001b[27me\u0301f');
    expect(pintado('abcd日')).toBe('日\u001b[7me\u0301\u001b[27mf');
  });

  test('que não cabe na janela mostra onde está o cursor', () => {
    const quadro = { linhas: [{ texto: 'abcdefghij' }, { texto: 'z' }], cursor: { linha: 0, antes: 'abcdefg' } };
    expect(dispor(quadro, 2, 3).fileiras).toEqual(['cd', 'ef', 'g\u001b[7mh\u001b[27m']);
  });

  test('pintar não muda onde se parte', () => {
    const pintar = (texto: string) => `<${texto}>`;
    const { fileiras } = dispor({ linhas: [{ texto: 'abcd', pintar }] }, 2, 99);
    expect(fileiras).toEqual(['<ab>', '<cd>']);
  });
});
