import { describe, expect, test } from 'vitest';
import { edicaoDe, editar, MAXIMO_DA_LINHA } from '../../../../../src/cliente/terminal/perguntas/edicao.ts';
import type { NomeDeTecla, Tecla } from '../../../../../src/cliente/terminal/teclado/teclas.ts';

/** Aplica teclas a uma linha; `|` é o cursor, e o que está entre colchetes é o nome de uma tecla. */
function depoisDe(linha: string, teclas: string): string {
  let edicao = edicaoDe(linha.replace('|', ''), linha.indexOf('|'));
  for (const [, nome, texto] of teclas.matchAll(/\[([^\]]+)\]|([^[]+)/gu)) {
    const tecla: Tecla = nome ? { nome: nome as NomeDeTecla } : { nome: 'texto', texto: texto ?? '' };
    edicao = editar(edicao, tecla);
  }
  return `${edicao.texto.slice(0, edicao.cursor)}|${edicao.texto.slice(edicao.cursor)}`;
}

const FAMILIA = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
const BANDEIRA = '\u{1f1e7}\u{1f1f7}';

describe('as teclas de edição', () => {
  test.each([
    ['a|c', 'b', 'ab|c'],
    ['ab|c', '[backspace]', 'a|c'],
    ['a|bc', '[delete][ctrl+d]', 'a|'],
    ['|a', '[backspace][esquerda]', '|a'],
    ['a|', '[delete][direita]', 'a|'],
    ['abc|', '[esquerda][ctrl+b]X[ctrl+f]', 'aXb|c'],
    ['ab|c', '[home]X[ctrl+e]Y[ctrl+a]Z[end]', 'ZXabcY|'],
    ['um dois, três|', '[alt+b]', 'um dois, |três'],
    ['um dois, |três', '[ctrl+esquerda][alt+b]', '|um dois, três'],
    ['|ação boa', '[alt+f]X[ctrl+direita]', 'açãoX boa|'],
    ['um/dois três|', '[ctrl+w]', 'um/dois |'],
    ['um/dois |', '[ctrl+w]', '|'],
    ['um/dois|', '[alt+backspace]', 'um/|'],
    ['um |dois três', '[alt+d]', 'um | três'],
    ['um |dois', '[ctrl+u]', '|dois'],
    ['um |dois', '[ctrl+k]', 'um |'],
    ['um|', '[ctrl+q][alt+x][tab]', 'um|'],
  ])('%j, %j → %j', (antes, teclas, depois) => {
    expect(depoisDe(antes, teclas)).toBe(depois);
  });

  test.each([
    ['abc def|', '[ctrl+w]X[ctrl+y]', 'abc Xdef|'],
    ['abc def ghi|', '[ctrl+w][ctrl+w][ctrl+y]', 'abc def ghi|'],
    ['abc |def ghi', '[ctrl+u][ctrl+k][ctrl+y]', 'abc def ghi|'],
    ['abc def|', '[ctrl+w][home][ctrl+k][ctrl+y]', 'abc |'],
    ['abc|', '[ctrl+w][ctrl+u][ctrl+y]', 'abc|'],
    ['abc|', '[ctrl+y]', 'abc|'],
  ])('Ctrl+Y devolve o que se cortou por último, e cortes seguidos são um só: %j, %j', (antes, teclas, depois) => {
    expect(depoisDe(antes, teclas)).toBe(depois);
  });
});

describe('um caractere é o que a pessoa vê', () => {
  test.each([
    ['uma família', FAMILIA],
    ['uma bandeira', BANDEIRA],
    ['um polegar com tom de pele', '\u{1f44d}\u{1f3fd}'],
    ['um coração com seletor', '\u2764\ufe0f'],
    ['uma letra com acento solto', 'e\u0301'],
    ['uma sílaba do tailandês', 'กำ'],
    ['uma sílaba do hindi', 'षि'],
    ['um ideograma', '日'],
  ])('%s', (_nome, caractere) => {
    expect(depoisDe(`a${caractere}|b`, '[backspace]')).toBe('a|b');
    expect(depoisDe(`a|${caractere}b`, '[delete]')).toBe('a|b');
    expect(depoisDe(`a${caractere}|b`, '[esquerda]x')).toBe(`ax|${caractere}b`);
    expect(depoisDe(`a|${caractere}b`, '[direita]x')).toBe(`a${caractere}x|b`);
  });

  test('duas bandeiras seguidas são dois caracteres', () => {
    expect(depoisDe(`${BANDEIRA}${BANDEIRA}|`, '[backspace]')).toBe(`${BANDEIRA}|`);
  });
});

test('o que se cola entra numa linha só, sem a quebra que veio com ela', () => {
  const colada = editar(edicaoDe('ab', 1), { nome: 'colagem', texto: '\num\n\tdois\n' });
  expect(colada).toMatchObject({ texto: 'aum doisb', cursor: 8 });
});

test('o que passa do tamanho de uma linha não entra', () => {
  const cheia = edicaoDe('x'.repeat(MAXIMO_DA_LINHA - 1));
  expect(editar(cheia, { nome: 'texto', texto: 'ab' })).toBe(cheia);
  expect(editar(cheia, { nome: 'texto', texto: 'a' }).texto).toHaveLength(MAXIMO_DA_LINHA);
});
