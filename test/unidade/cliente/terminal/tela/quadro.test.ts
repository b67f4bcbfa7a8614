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
    expect(dispor(quadro, 2, 2).fileiras).toEqual(['ef', 'g\u001b[7mh\u001b[27m']);
  });

  describe('o que se digita ocupa no máximo um terço da janela', () => {
    const texto = Array.from({ length: 40 }, (_, n) => `linha ${n}`).join('\n');
    const em = (linha: number, altura: number) => {
      const antes = `${texto.split('\n').slice(0, linha).join('\n')}\nli`.replace(/^\n/, '');
      const quadro = { linhas: [{ texto }, { texto: 'rodapé' }], cursor: { linha: 0, antes } };
      return dispor(quadro, 40, altura);
    };
    const pintada = (linha: number) => `li\u001b[7mn\u001b[27mha ${linha}`;

    test.each([
      ['no começo', 0, ['linha 0', 'linha 1', 'linha 2', 'linha 3', 'linha 4', '  mais 35 abaixo', 'rodapé']],
      [
        'no meio',
        20,
        ['linha 18', 'linha 19', pintada(20), 'linha 21', 'linha 22', '  mais 18 acima e 17 abaixo', 'rodapé'],
      ],
      ['no fim', 39, ['linha 35', 'linha 36', 'linha 37', 'linha 38', pintada(39), '  mais 35 acima', 'rodapé']],
    ] as const)('%s, e rola com o cursor', (_onde, linha, fileiras) => {
      expect(em(linha, 18).fileiras).toEqual(fileiras);
      expect(em(linha, 18).antesDoCursor).toBe(linha === 0 ? 'li' : undefined);
    });

    test('numa janela pequena sobram duas fileiras dele, e numa grande, dez', () => {
      expect(em(20, 4).fileiras).toEqual(['linha 19', pintada(20), '  mais 19 acima e 19 abaixo', 'rodapé']);
      expect(em(20, 200).fileiras).toHaveLength(11);
    });
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
