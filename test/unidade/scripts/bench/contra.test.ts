import { describe, expect, test } from 'vitest';
import { comparar, montarComparacao } from '../../../../scripts/bench/medidas/contra.ts';
import { type Linha, razaoMaxima } from '../../../../scripts/bench/medidas/linhas.ts';

type Esboco = Pick<Linha, 'unidade'> & Partial<Linha>;

const resumo = (mediana: number) => ({ mediana, minimo: mediana, maximo: mediana });
const vazao = (razao: number): Esboco => ({ unidade: '/s', valor: 9_000, razao: resumo(razao) });
const demora = (valor: number): Esboco => ({ unidade: 'ms', valor });
const custo = (razao: number): Esboco => ({ unidade: 'µs', razao: resumo(razao), meta: razaoMaxima(1.05) });

/** A mesma medida em cada vez, como se rodasse dos dois lados. */
function compararVezes(deste: readonly Esboco[], doOutro: readonly Esboco[]) {
  const vezes = (lista: readonly Esboco[]) => lista.map((linha) => [{ medida: 'a medida', valor: 0, ...linha }]);
  return comparar(vezes(deste), vezes(doOutro));
}

describe('o veredito', () => {
  test.each([
    ['mais vazão é melhor', [vazao(0.5), vazao(0.6)], [vazao(0.3), vazao(0.4)], 'melhor'],
    ['menos vazão é pior', [vazao(0.3), vazao(0.4)], [vazao(0.5), vazao(0.6)], 'pior'],
    ['mais demora é pior', [demora(30), demora(40)], [demora(10), demora(20)], 'pior'],
    ['menos demora é melhor', [demora(10), demora(20)], [demora(30), demora(40)], 'melhor'],
    ['uma razão com meta máxima é melhor quando é menor', [custo(1.01)], [custo(1.2)], 'melhor'],
    ['as vezes dos dois lados se misturam', [demora(10), demora(30)], [demora(20), demora(40)], 'igual'],
  ] as const)('%s', (_, deste, doOutro, veredito) => {
    expect(compararVezes(deste, doOutro)).toMatchObject([{ veredito }]);
  });

  test('o que só um lado mede não se compara', () => {
    expect(comparar([[{ medida: 'nova', valor: 1, unidade: 'ms' }]], [[]])).toEqual([]);
  });
});

test('este sobre o outro diz mais que 1 quando este é melhor, seja vazão, seja demora', () => {
  expect(compararVezes([vazao(0.6)], [vazao(0.3)])).toMatchObject([{ razao: resumo(2) }]);
  expect(compararVezes([demora(10)], [demora(20)])).toMatchObject([{ razao: resumo(2) }]);
});

test('a tabela dá a unidade de um valor, e nenhuma a uma razão', () => {
  const [deRazao] = compararVezes([custo(1.01)], [custo(1.2)]);
  const [deValor] = compararVezes([demora(10)], [demora(20)]);
  if (!deRazao || !deValor) throw new Error('faltam comparações');
  const tabela = montarComparacao(new Map([['parte', [deRazao, deValor]]]));
  expect(tabela).toMatch(/1,01 \(1,01–1,01\) +1,20 \(1,20–1,20\)/);
  expect(tabela).toMatch(/10,00 ms \(10,00–10,00\) +20,00 ms/);
});
