import { describe, expect, test } from 'vitest';
import { dispor } from '../../../../../src/cliente/terminal/tela/quadro.ts';

describe('um quadro', () => {
  test.each([
    ['', '', ['abc', 'def']],
    ['ab', 'ab', ['abc', 'def']],
    ['abc', undefined, ['abc', '\u001b[7md\u001b[27mef']],
    ['abcde', undefined, ['abc', 'de\u001b[7mf\u001b[27m']],
    ['abcdef', undefined, ['abc', 'def', '\u001b[7m \u001b[27m']],
  ])('põe o cursor depois de %j, pintado se não é na primeira fileira', (antes, antesDoCursor, fileiras) => {
    const disposicao = dispor({ linhas: [{ texto: 'abcdef' }], cursor: { linha: 0, antes } }, 3, 99);
    expect(disposicao).toEqual({ fileiras, antesDoCursor });
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
    const { fileiras } = dispor({ linhas: [{ texto: 'abcdefgh', pintar }] }, 5, 99);
    expect(fileiras).toEqual(['<abcde>', '< fgh>']);
  });

  test('recua o que continua, menos na linha em que se digita', () => {
    const linhas = [{ texto: 'abcdefghij' }, { texto: 'abcdefghij' }];
    const { fileiras } = dispor({ linhas, cursor: { linha: 0, antes: '' } }, 8, 99);
    expect(fileiras).toEqual(['abcdefgh', 'ij', 'abcdefgh', '  ij']);
  });
});
