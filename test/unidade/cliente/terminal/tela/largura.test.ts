import { expect, test } from 'vitest';
import { caracteres, largura } from '../../../../../src/cliente/terminal/tela/largura.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['ação', 4],
  ['ac\u0327a\u0303o', 4],
  ['日本', 4],
  ['ｶﾅ', 2],
  ['한글', 4],
  ['🇧🇷!', 3],
  ['1️⃣', 2],
  ['❤️', 2],
  ['⌚', 2],
  ['—…', 2],
  ['سلام', 4],
])('a largura de %j é %i, em que os terminais concordam', (texto, colunas) => {
  expect(largura(texto)).toBe(colunas);
});

test.each([
  ['uma sílaba do tailandês com vogal ao lado', 'กำ', 2],
  ['uma sílaba do hindi', 'क्षि', 3],
  ['uma palavra do hindi', 'नमस्ते', 4],
  ['uma família', '👨‍👩‍👧', 6],
  ['um polegar com tom de pele', '👍🏽', 4],
])('onde não concordam, conta-se a maior: %s', (_nome, texto, colunas) => {
  expect(largura(texto)).toBe(colunas);
});

test('um caractere é o que a pessoa vê', () => {
  expect([...caracteres('a👨‍👩‍👧e\u0301กำ')]).toEqual([
    ['a', 1],
    ['👨‍👩‍👧', 6],
    ['e\u0301', 1],
    ['กำ', 2],
  ]);
});
