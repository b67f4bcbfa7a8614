/**
 * Defeito 16: as vogais e consoantes finais do hangul decomposto são letras que, num terminal, não ocupam lugar seu.
 * Sem a consoante inicial antes delas, penduravam-se no que a linha já tinha: um nome feito só delas não se via.
 */

import { expect, test } from 'vitest';
import { tornarVisivel } from '../../src/dominio/visivel.ts';

test.each([
  ['\u1161', '◌\u1161'],
  ['Pedro\u1161', 'Pedro◌\u1161'],
  ['Oi \u11a8', 'Oi ◌\u11a8'],
  ['\ud7b0', '◌\ud7b0'],
])('%j, que se penduraria em outra letra, ganha um lugar: %j', (texto, visivel) => {
  expect(tornarVisivel(texto)).toBe(visivel);
});

test.each(['\u1112\u1161\u11ab\u1100\u1173\u11af', '한글', '\uac00\u11a8', '\u1112\u1161 e \u1112\u1161'])(
  'o hangul escrito como deve, %j, fica como está',
  (texto) => {
    expect(tornarVisivel(texto)).toBe(texto);
  },
);

test('uma pilha de vogais sobre uma consoante só não invade as linhas vizinhas', () => {
  expect(tornarVisivel(`\u1112${'\u1161'.repeat(100)}`)).toBe(`\u1112${'\u1161'.repeat(4)}`);
});
