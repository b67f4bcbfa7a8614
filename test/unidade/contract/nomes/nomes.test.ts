/** Nomes que enganam, e nomes que custariam caro. */

import { describe, expect, test } from 'vitest';
import { chaveDeRepeticao, conteudoDeMensagem, nome } from '../../../../src/contract/campos.ts';
import { mesmoNome, normalizarNome, problemaDoNome } from '../../../../src/contract/nomes/nomes.ts';

const problemaDe = (texto: string) => problemaDoNome(normalizarNome(texto));

describe('letras de escritas que se confundem', () => {
  test.each([
    ['Ana com A cirílico', '\u0410na'],
    ['todos com omicron', 't\u03bfdos'],
    ['SERVER com S cirílico', '\u0405ERVER'],
    ['latim com algarismos árabes', 'Ana \u0661\u0662'],
    ['cirílico com grego', '\u0414\u03c9'],
    ['hangul com kana', '\ud55c\u3042'],
    ['cherokee com lisu', '\u13aa\ua4e0'],
  ])('não se misturam: %s', (_, texto) => {
    expect(problemaDe(texto)).toMatch(/escritas/);
  });

  test.each([
    ...['José da Silva', 'Ana_1.2-3', 'Аня', 'Николай 2', 'Μαρία', 'دينا', 'שרה', 'नमस्ते', 'สมชาย', 'Անի', 'ᏣᎳᎩ'],
    ...[
      '李雷',
      'さくら',
      'サクラ',
      '桜さくら',
      'Sakura桜さくらサクラ',
      '한국',
      '韓國한국Kim',
      'ㄅㄆ李Li',
      '123',
      '12_3',
    ],
  ])('%s é de uma escrita, ou de escritas que se usam juntas', (texto) => {
    expect(problemaDe(texto)).toBeUndefined();
  });
});

describe('o que se lê como um nome reservado', () => {
  test.each([
    ...['SERVER', 'server', 'todos', 'TODOS', ' todos ', 'ＳＥＲＶＥＲ', '𝓉ℴ𝒹ℴ𝓈', 'ſerver', 't0dos', 'T0D0S'],
    ...[
      '\u13da\u13ac\u13a1\u13d9\u13ac\u13a1',
      '\u0442\u043e\u0501\u043e\u0455',
      '\ua731\u1d07\u0280\u1d20\u1d07\u0280',
    ],
    ...['\ua4e2\ua4f0\ua4e3\ua4e6\ua4f0\ua4e3', '\u1d1b\u1d0f\u1d05\u1d0f\ua731'],
  ])('%s não é de ninguém', (texto) => {
    expect(problemaDe(texto)).toMatch(/reservado/);
  });

  test.each(['servidor', 'server1', 'todo', 'todas', 'Teodoro', 'Severo', 'тоды'])(
    '%s é um nome como outro',
    (texto) => {
      expect(problemaDe(texto)).toBeUndefined();
    },
  );
});

test('um σ é o mesmo no fim e no meio da palavra, e em maiúscula', () => {
  expect(mesmoNome('νικοσ', 'ΝΙΚΟΣ')).toBe(true);
  expect(mesmoNome('νικος', 'ΝΙΚΟΣ')).toBe(true);
  expect(mesmoNome('νικος', 'νικοσ')).toBe(true);
});

describe('o que custaria caro para normalizar é recusado antes', () => {
  const MARCAS = `a${'\u0300'.repeat(16_000)}${'\u0323'.repeat(16_000)}`;
  const campos = [
    ['um nome', nome],
    ['uma mensagem', conteudoDeMensagem],
    ['uma chave de repetição', chaveDeRepeticao],
  ] as const;

  /** Em microssegundos de processador: reordenar as 32 mil marcas leva 400 vezes mais que isto. */
  function custoDe(agir: () => void): number {
    const { user } = process.cpuUsage();
    agir();
    return process.cpuUsage().user - user;
  }

  test.each(campos)('%s com 32 mil marcas', (_, campo) => {
    campo.safeParse('a');
    let serve = true;
    const custo = custoDe(() => {
      for (let vez = 0; vez < 10; vez += 1) serve = campo.safeParse(MARCAS).success;
    });
    expect(serve).toBe(false);
    expect(custo).toBeLessThan(100_000);
  });

  test.each(campos)('%s com 31 marcas seguidas não serve, e com 30 serve', (_, campo) => {
    expect(campo.safeParse(`a${'\u0300'.repeat(30)}`).success).toBe(true);
    expect(campo.safeParse(`a${'\u0300'.repeat(31)}`).success).toBe(false);
  });

  test('comparar dois textos quaisquer também não custa, sirvam ou não de nome', () => {
    expect(custoDe(() => mesmoNome(MARCAS, `${MARCAS}b`))).toBeLessThan(100_000);
  });
});

describe('o comprimento se conta depois de normalizar', () => {
  /** A maior composição: quatro unidades em uma. */
  const QUATRO_EM_UMA = '\u03b1\u0313\u0300\u0345';

  test('32 letras de quatro code points cada servem, e 33 não', () => {
    expect(QUATRO_EM_UMA.normalize('NFC')).toHaveLength(1);
    expect(problemaDe(QUATRO_EM_UMA.repeat(32))).toBeUndefined();
    expect(problemaDe(QUATRO_EM_UMA.repeat(33))).toMatch(/32 caracteres/);
  });

  test('espaços nas pontas não contam, por muitos que sejam', () => {
    expect(problemaDe(`${' '.repeat(10_000)}Ana${'\u3000'.repeat(10_000)}`)).toBeUndefined();
  });

  test('nenhum code point encolhe mais que isso', () => {
    for (let codigo = 0; codigo <= 0x10ffff; codigo += 1) {
      if (codigo >= 0xd800 && codigo <= 0xdfff) continue;
      const letra = String.fromCodePoint(codigo);
      const composta = letra.normalize('NFC');
      if (letra.normalize('NFD').length > 4 * composta.length) expect.unreachable(codigo.toString(16));
    }
  });
});
