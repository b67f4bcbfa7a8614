import { expect, test } from 'vitest';
import { lerLinha, opcao } from '../../../../src/process/opcoes/options.ts';

const LINHA = { nome: 'prova', versao: '1', descricao: 'prova', operandos: '[palavras]' };
const TABELA = {
  rastro: opcao<string | undefined>({
    argumento: '[colunas]',
    sozinha: 'linhas',
    variavel: 'PROVA_RASTRO',
    descricao: 'prova',
    padrao: undefined,
    ler: (texto) => texto,
  }),
};
const ler = (...argumentos: string[]) => {
  const { opcoes, operandos } = lerLinha(LINHA, TABELA, argumentos, {});
  return [opcoes.rastro, ...operandos];
};

test('uma opção que pode vir sozinha não toma a palavra seguinte por valor dela', () => {
  expect(ler('--rastro', 'salas')).toEqual(['linhas', 'salas']);
  expect(ler('salas', '--rastro')).toEqual(['linhas', 'salas']);
  expect(ler('--rastro=colunas', 'salas')).toEqual(['colunas', 'salas']);
  expect(ler('salas')).toEqual([undefined, 'salas']);
  expect(ler('--', '--rastro')).toEqual([undefined, '--rastro']);
});
