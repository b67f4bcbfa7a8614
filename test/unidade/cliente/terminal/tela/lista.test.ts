/** Uma lista em colunas, sem terminal. */

import { expect, test } from 'vitest';
import { emColunas, type Lista } from '../../../../../src/cliente/terminal/tela/lista.ts';

const nomes = (quantos: number) => Array.from({ length: quantos }, (_, n) => `nome${n + 100}`);
const textos = (lista: Lista, colunas = 80) => emColunas(lista, colunas).map(({ texto }) => texto);

test('poucos vão um por fileira; muitos, em colunas de seis, e nunca mais fileiras, com quantos se veem', () => {
  expect(textos({ itens: ['Ana', 'Pedro'] })).toEqual(['  Ana', '  Pedro']);
  const fileiras = textos({ itens: nomes(203) }, 40);
  expect(fileiras).toHaveLength(7);
  expect(fileiras[0]).toBe('  nome100    nome106    nome112');
  expect(fileiras.at(-1)).toBe('  18 de 203');
});

test('numa lista baixa as colunas se enchem por igual, e nada passa da margem', () => {
  expect(textos({ itens: nomes(4), baixa: true })).toEqual(['  nome100    nome101    nome102    nome103']);
  for (const colunas of [12, 20, 40, 80, 200]) {
    for (const fileira of textos({ itens: nomes(50), baixa: true }, colunas)) {
      expect(fileira.length).toBeLessThanOrEqual(colunas);
    }
  }
});

test('as letras largas contam duas colunas', () => {
  expect(textos({ itens: ['日本', 'ab', 'c'], baixa: true })).toEqual(['  日本    ab      c']);
});

test('o marcado sempre se vê, seja qual for', () => {
  const itens = nomes(100);
  for (const [escolhido, nome] of itens.entries()) {
    const vistas = emColunas({ itens, escolhido }, 40).flatMap(({ texto, escolhido: onde }) =>
      onde ? [texto.slice(onde.comeco, onde.fim)] : [],
    );
    expect(vistas).toEqual([`> ${nome}`]);
  }
});

test('dos que servem, diz-se de quantos', () => {
  expect(textos({ itens: ['Casa'], total: 3 })).toEqual(['  Casa', '  1 de 3']);
  expect(textos({ itens: [], total: 3 })).toEqual(['  0 de 3']);
  expect(textos({ itens: [] })).toEqual([]);
});
