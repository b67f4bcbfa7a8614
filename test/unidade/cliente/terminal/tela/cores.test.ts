import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contraste, type Rgb } from '../../../../../src/cliente/terminal/tela/contraste.ts';
import {
  aviso,
  destaque,
  escolhida,
  falha,
  quantasCores,
  umaDasCores,
  usarCores,
  usarFundo,
} from '../../../../../src/cliente/terminal/tela/cores.ts';

/** Nenhuma cor contrasta mais que isto com o preto e com o branco ao mesmo tempo. */
const MAXIMO = Math.sqrt(21);

/** O nível de cada canal, de 0 a 255, que um texto pintado pede. */
function rgb(pintado: string): readonly number[] {
  const [, verdadeira, em256] = /\[38;(?:2;([\d;]+)|5;(\d+))m/.exec(pintado) ?? [];
  if (verdadeira) return verdadeira.split(';').map(Number);
  // Os cinzas, da cor 232 em diante.
  if (Number(em256) >= 232) return [0, 0, 0].map(() => 8 + 10 * (Number(em256) - 232));
  // Do cubo de 6 × 6 × 6 que começa na cor 16.
  const indice = Number(em256) - 16;
  return [Math.floor(indice / 36), Math.floor(indice / 6) % 6, indice % 6].map((n) => (n === 0 ? 0 : 55 + 40 * n));
}

function luminancia(pintado: string): number {
  return luminanciaDe(rgb(pintado));
}

function luminanciaDe(niveis: readonly number[]): number {
  const [r, g, b] = niveis.map((nivel) => {
    const canal = nivel / 255;
    return canal <= 0.04045 ? canal / 12.92 : ((canal + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const numeros = Array.from({ length: 300 }, (_, n) => n * 7_919);

describe.each([
  ['de 256 cores', 2, 5],
  ['de cores inteiras', 3, 14],
] as const)('num terminal %s', (_como, nivel, quantas) => {
  beforeEach(() => usarCores(nivel));

  test('toda cor se lê sobre preto e sobre branco (WCAG 2: 4,5)', () => {
    const pintados = [
      ...numeros.map((numero) => umaDasCores(numero)('x')),
      destaque('x'),
      escolhida('x'),
      falha('x'),
      aviso('x'),
    ];
    for (const pintado of new Set(pintados)) {
      const luz = luminancia(pintado);
      const contrastes = [(luz + 0.05) / 0.05, 1.05 / (luz + 0.05)];
      expect(Math.min(...contrastes), JSON.stringify(pintado)).toBeGreaterThanOrEqual(4.5);
      expect(Math.min(...contrastes)).toBeLessThanOrEqual(MAXIMO);
    }
  });

  test('todas as cores se usam, e um número tem sempre a mesma', () => {
    expect(umaDasCores(12)('x')).toBe(umaDasCores(12)('x'));
    expect(new Set(numeros.map((numero) => umaDasCores(numero)('x'))).size).toBe(quantas);
  });
});

const FUNDOS: readonly (readonly [qual: string, fundo: Rgb])[] = [
  ['preto', [0, 0, 0]],
  ['branco', [255, 255, 255]],
  ['solarized escuro', [0, 43, 54]],
  ['solarized claro', [253, 246, 227]],
  ['catppuccin', [30, 30, 46]],
  ['dracula', [40, 42, 54]],
  ['cinza', [119, 119, 119]],
];

describe.each([
  ['de 256 cores', 2],
  ['de cores inteiras', 3],
] as const)('num terminal %s que diz o seu fundo', (_como, nivel) => {
  beforeEach(() => usarCores(nivel));
  afterEach(() => usarFundo(undefined));

  test.each(FUNDOS)('%s: toda cor se lê sobre ele, e as dos nomes se distinguem', (qual, fundo) => {
    usarFundo(fundo);
    const nomes = numeros.map((numero) => umaDasCores(numero)('x'));
    for (const pintado of new Set([...nomes, destaque('x'), escolhida('x'), falha('x'), aviso('x')])) {
      expect(contraste(rgb(pintado) as Rgb, fundo), JSON.stringify(pintado)).toBeGreaterThanOrEqual(4.5);
    }
    expect(new Set(nomes).size).toBe(quantasCores());
    // Sobre um cinza médio quase nada contrasta.
    if (qual !== 'cinza') expect(quantasCores()).toBeGreaterThanOrEqual(9);
  });
});

describe('num terminal de 16 cores', () => {
  beforeEach(() => usarCores(1));

  /** As do xterm, que as usa sobre branco; o negrito as clareia. */
  const XTERM: Readonly<Record<number, readonly number[]>> = { 31: [205, 0, 0], 35: [205, 0, 205] };

  test('as cores se leem sobre preto e sobre branco no xterm (WCAG 2: 3, o do texto grande)', () => {
    const pintados = [...numeros.map((numero) => umaDasCores(numero)('x')), falha('x')];
    for (const pintado of new Set(pintados)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
      const [, codigo] = /^\u001b\[(3\d)mx\u001b\[39m$/.exec(pintado) ?? [];
      const luz = luminanciaDe(XTERM[Number(codigo)] ?? [255, 255, 255]);
      expect(Math.min((luz + 0.05) / 0.05, 1.05 / (luz + 0.05)), JSON.stringify(pintado)).toBeGreaterThanOrEqual(3);
    }
  });

  test('o que vai em negrito não tem cor, para se ler sobre qualquer fundo', () => {
    for (const pintura of [escolhida, destaque]) expect(pintura('x')).toBe('\u001b[1mx\u001b[22m');
    expect(aviso('x')).toBe('\u001b[2mx\u001b[22m');
    usarFundo([255, 255, 255]);
    expect(aviso('x')).toBe('x');
    usarFundo(undefined);
  });
});

test('sem cores, o texto fica como está', () => {
  usarCores(0);
  expect([escolhida('x'), destaque('x'), falha('x'), aviso('x'), umaDasCores(3)('x')]).toEqual([
    'x',
    'x',
    'x',
    'x',
    'x',
  ]);
});
