/** O que é um nome, e quando dois são o mesmo, para qualquer texto que alguém invente. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nome as campoDeNome } from '../../src/contract/campos.ts';
import { contarCaracteres } from '../../src/contract/nomes/caracteres.ts';
import { nomeComparavel, normalizarNome, problemaDoNome } from '../../src/contract/nomes/nomes.ts';
import { mesmoNome, nomeServe } from './modelo/nomes-do-contrato.ts';
import { textoQualquer } from './textos.ts';

/** Metade das vezes um nome que serve. */
const nomeQualquer = fc.oneof(
  textoQualquer,
  fc.stringMatching(/^[\p{L}\p{Nd}_.-]{1,12}$/u),
  fc.constantFrom(
    'todos',
    'SERVER',
    'ＳＥＲＶＥＲ',
    'ſerver',
    'Tódos',
    '\u0130',
    'ΟΔΟΣ',
    '\ufb03',
    '\u1e9e',
    '\u01c5',
    't0dos',
    'Аna',
    'Аня',
    'Μαρία',
    '李Ana',
    'あ李Ana',
    '한Ana',
    'あ한',
    'नमस्ते',
  ),
);

/** De qualquer comprimento, com espaços em qualquer lugar, e os reservados de qualquer jeito. */
const nomeEmAscii = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.stringMatching(/^[\w .-]{0,40}$/),
  fc.stringMatching(/^[\w.-]{30,34}$/),
  fc.stringMatching(/^ ?(?:[sS][eE][rR][vV][eE][rR]|[tT][oO][dD][oO][sS]) ?$/),
);

describe('um nome em ASCII, que não passa pelas normalizações,', () => {
  test('é guardado e comparado como se passasse', () => {
    fc.assert(
      fc.property(nomeEmAscii, (texto) => {
        expect(normalizarNome(texto)).toBe(texto.normalize('NFC').trim());
        expect(nomeComparavel(texto)).toBe(texto.normalize('NFKC').toLowerCase().normalize('NFKC'));
      }),
      { numRuns: 2_000 },
    );
  });

  test('não se confunde com um que só parece ASCII: nenhum outro caractere toma esse caminho', () => {
    const confundidos: string[] = [];
    for (let codigo = 0; codigo < 0x3000; codigo += 1) {
      const texto = `a${String.fromCodePoint(codigo)}b`;
      const minusculas = texto.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
      if (nomeComparavel(texto) !== minusculas.normalize('NFKC')) confundidos.push(codigo.toString(16));
    }
    expect(confundidos).toEqual([]);
  });

  test('serve exatamente quando o contrato diz, e o motivo é o de um nome qualquer', () => {
    fc.assert(
      fc.property(nomeEmAscii, (texto) => {
        const nome = normalizarNome(texto);
        expect(problemaDoNome(nome) === undefined).toBe(nomeServe(texto));
        // A largura cheia tem a mesma forma de comparação, e passa por todo o caminho.
        const largo = nome.replace(/[A-Za-z]/, (letra) => String.fromCharCode(letra.charCodeAt(0) + 0xfee0));
        expect(problemaDoNome(nome)).toBe(problemaDoNome(largo)?.replace(largo, nome));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('um nome', () => {
  test('normalizado, não muda se normalizado de novo', () => {
    fc.assert(
      fc.property(nomeQualquer, (texto) => {
        const normalizado = normalizarNome(texto);
        expect(normalizarNome(normalizado)).toBe(normalizado);
        expect(normalizado).toBe(normalizado.normalize('NFC'));
        expect(normalizado).toBe(normalizado.trim());
      }),
      { numRuns: 2_000 },
    );
  });

  test('serve exatamente quando o contrato diz', () => {
    fc.assert(
      fc.property(nomeQualquer, (texto) => {
        expect(problemaDoNome(normalizarNome(texto)) === undefined).toBe(nomeServe(texto));
        expect(campoDeNome.safeParse(texto).success).toBe(nomeServe(texto));
      }),
      { numRuns: 2_000 },
    );
  });

  test('que serve não tem nada que um terminal obedeça ou não mostre', () => {
    fc.assert(
      fc.property(nomeQualquer, (texto) => {
        const lido = campoDeNome.safeParse(texto);
        fc.pre(lido.success);
        expect(lido.data).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(contarCaracteres(lido.data as string)).toBeLessThanOrEqual(32);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a comparação de nomes', () => {
  test('é uma forma que não muda se tomada de novo', () => {
    fc.assert(
      fc.property(nomeQualquer, (texto) => {
        expect(nomeComparavel(nomeComparavel(texto))).toBe(nomeComparavel(texto));
      }),
      { numRuns: 2_000 },
    );
  });

  test('de cada caractere, sozinho ou depois de outra letra, também não muda', () => {
    // Seis de cada sete code points não são caractere algum: a normalização não muda nenhum desses.
    const SEM_CARACTERE = /^[\p{Cn}\p{Co}\p{Cs}]$/u;
    const instaveis: string[] = [];
    for (let codigo = 0; codigo <= 0x10ffff; codigo += 1) {
      const letra = String.fromCodePoint(codigo);
      if (SEM_CARACTERE.test(letra)) continue;
      for (const texto of [letra, `a${letra}`]) {
        const chave = nomeComparavel(texto);
        if (chave !== nomeComparavel(chave)) instaveis.push(codigo.toString(16));
      }
    }
    expect(instaveis).toEqual([]);
  });

  test('não distingue maiúsculas, espaços nas pontas nem formas do Unicode', () => {
    const letras = fc.string({
      unit: fc.constantFrom(...'aeioupdrnvxz \u00e9\u00e3\u00e7\u00f1\u01c6\uff41'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(letras, fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'), (texto, forma) => {
        const chave = nomeComparavel(normalizarNome(texto));
        expect(nomeComparavel(normalizarNome(` ${texto.normalize(forma)}\t`))).toBe(chave);
        expect(nomeComparavel(normalizarNome(texto.toUpperCase()))).toBe(chave);
      }),
    );
  });

  test('concorda com a do contrato, para quaisquer dois', () => {
    fc.assert(
      fc.property(nomeQualquer, nomeQualquer, (um, outro) => {
        const iguais = nomeComparavel(normalizarNome(um)) === nomeComparavel(normalizarNome(outro));
        expect(iguais).toBe(mesmoNome(um, outro));
      }),
    );
  });
});
