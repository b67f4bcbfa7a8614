import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emJson } from '../../../src/process/em-json.ts';

test('o que se lê fica como é: acentos, outras escritas, emojis', () => {
  for (const texto of ['Não há ninguém', 'Ανδρέας', '李雷', 'हिन्दी', 'ภาษาไทย', '🎉']) {
    expect(emJson({ nome: texto })).toBe(`{"nome":"${texto}"}`);
  }
});

test.each([
  ['uma sequência do terminal', '\u001b[31m', '"\\u001b[31m"'],
  ['uma quebra de linha', 'a\nb', '"a\\nb"'],
  ['DEL e os controles de 8 bits', '\u007f\u009b', '"\\u007f\\u009b"'],
  ['a direção do texto', 'a\u202eb', '"a\\u202eb"'],
  ['os separadores de linha do Unicode', '\u2028\u2029', '"\\u2028\\u2029"'],
  ['o que não tem largura', 'a\u200bb\ufeff', '"a\\u200bb\\ufeff"'],
  ['uso privado e marcadores invisíveis', '\ue000\u{e0001}', '"\\ue000\\udb40\\udc01"'],
  ['um substituto solto', '\ud800', '"\\ud800"'],
  ['uma marca que se penduraria nas aspas', '\u0301a', '"\\u0301a"'],
  ['a quinta marca sobre a mesma letra', 'e\u0301\u0301\u0301\u0301\u0301', '"e\u0301\u0301\u0301\u0301\\u0301"'],
])('%s sai por extenso', (_, texto, json) => {
  expect(emJson(texto)).toBe(json);
});

test('o que sai é uma linha de JSON que se lê de volta igual', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (texto) => {
      expect(emJson(texto)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(emJson(texto))).toBe(texto);
    }),
  );
  expect(emJson(undefined)).toBe('null');
});
