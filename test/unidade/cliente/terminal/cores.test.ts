import { beforeEach, describe, expect, test } from 'vitest';
import { corDoNome, destaque, escolhida, falha, usarCores } from '../../../../src/cliente/terminal/cores.ts';

/** Nenhuma cor contrasta mais que isto com o preto e com o branco ao mesmo tempo. */
const MAXIMO = Math.sqrt(21);

/** O nível de cada canal, de 0 a 255, que um texto pintado pede. */
function rgb(pintado: string): readonly number[] {
  const [, verdadeira, em256] = /\[38;(?:2;([\d;]+)|5;(\d+))m/.exec(pintado) ?? [];
  if (verdadeira) return verdadeira.split(';').map(Number);
  // Do cubo de 6 × 6 × 6 que começa na cor 16.
  const indice = Number(em256) - 16;
  return [Math.floor(indice / 36), Math.floor(indice / 6) % 6, indice % 6].map((n) => (n === 0 ? 0 : 55 + 40 * n));
}

function luminancia(pintado: string): number {
  const [r, g, b] = rgb(pintado).map((nivel) => {
    const canal = nivel / 255;
    return canal <= 0.04045 ? canal / 12.92 : ((canal + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const nomes = Array.from({ length: 300 }, (_, n) => `Pessoa ${n}`);

describe.each([
  ['de 256 cores', 2, 5],
  ['de cores inteiras', 3, 14],
] as const)('num terminal %s', (_como, nivel, quantas) => {
  beforeEach(() => usarCores(nivel));

  test('toda cor se lê sobre preto e sobre branco (WCAG 2: 4,5)', () => {
    const pintados = [...nomes.map((nome) => corDoNome(nome)('x')), destaque('x'), escolhida('x'), falha('x')];
    for (const pintado of new Set(pintados)) {
      const luz = luminancia(pintado);
      const contrastes = [(luz + 0.05) / 0.05, 1.05 / (luz + 0.05)];
      expect(Math.min(...contrastes), JSON.stringify(pintado)).toBeGreaterThanOrEqual(4.5);
      expect(Math.min(...contrastes)).toBeLessThanOrEqual(MAXIMO);
    }
  });

  test('a cor de um nome é sempre a mesma, e todas se usam', () => {
    expect(corDoNome('PEDRO')('x')).toBe(corDoNome('pedro')('x'));
    expect(new Set(nomes.map((nome) => corDoNome(nome)('x'))).size).toBe(quantas);
  });
});
