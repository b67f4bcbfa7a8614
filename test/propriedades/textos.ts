/** Textos de quem quer estragar um terminal, misturados aos de quem só conversa. */

import fc from 'fast-check';

const SEQUENCIAS = [
  '\u001b[2J',
  '\u001b[31m',
  '\u001b]0;título\u0007',
  '\u001b[10;10H',
  '\u001bc',
  '\u009b31m',
  '\u0007',
  '\b\b\b',
  '\r',
  '\n',
  '\t',
  '\u007f',
  '\u0000',
];
const DIRECAO = ['\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2067', '\u2069', '\u061c'];
const INVISIVEIS = ['\u00ad', '\u034f', '\u115f', '\u1160', '\u17b4', '\u180e', '\u200b', '\u200d', '\u2060', '\u3164'];
const TAMBEM_INVISIVEIS = [
  '\ufe0f',
  '\ufeff',
  '\uffa0',
  '\u{e0001}',
  '\u{e0041}',
  '\u{e0100}',
  '\ufff9',
  '\u2028',
  '\u2029',
];
const MARCAS = ['\u0301', '\u0301'.repeat(12), '\u20dd', '\u0489', '\u0e47', '\u1161', '\u11a8', '\u{1d165}', '\u1abe'];
const EMOJIS = ['👩‍👩‍👧', '🇧🇷', '❤️', '1️⃣', '👍🏽', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '😀'];
const PALAVRAS = [
  'Oi',
  'Pedro',
  ' ',
  '  ',
  'ação',
  'e\u0301',
  '李雷',
  '한글',
  '\u1112\u1161\u11ab',
  'שלום',
  'مرحبا',
  'ไทย',
  'हिन्दी',
];
const QUEBRADOS = ['\ud800', '\udc00', '\ufffe', '\ufdd0', '\u{10ffff}', '\ue000'];

const PRIMEIRO_SUBSTITUTO = 0xd800;
const QUANTOS_SUBSTITUTOS = 0x800;

/**
 * Letras de todo o Unicode. O `unit: 'binary'` da biblioteca daria as mesmas, mas põe antes todas elas numa tabela,
 * o que custa quase um segundo a cada processo que a pede.
 */
export function letrasDoUnicode(limites?: fc.ArrayConstraints): fc.Arbitrary<string> {
  const letra = fc
    .integer({ min: 0, max: 0x10ffff - QUANTOS_SUBSTITUTOS })
    .map((n) => String.fromCodePoint(n < PRIMEIRO_SUBSTITUTO ? n : n + QUANTOS_SUBSTITUTOS));
  return fc.array(letra, limites).map((letras) => letras.join(''));
}

export const textoQualquer = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PALAVRAS),
      fc.constantFrom(
        ...SEQUENCIAS,
        ...DIRECAO,
        ...INVISIVEIS,
        ...TAMBEM_INVISIVEIS,
        ...MARCAS,
        ...EMOJIS,
        ...QUEBRADOS,
      ),
      letrasDoUnicode({ maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      // O plano de onde vêm quase todas as letras, marcas e controles, por igual.
      fc.integer({ min: 0, max: 0xffff }).map((codigo) => String.fromCharCode(codigo)),
    ),
    { maxLength: 12 },
  )
  .map((partes) => partes.join(''));
