import { describe, expect, test } from 'vitest';
import { completar } from '../../../../../src/cliente/interativo/linha/completar.ts';

const USUARIOS = ['Ana', 'Ana Maria', 'João', 'Pedro'];

describe('Tab', () => {
  const conhecidos = { usuarios: USUARIOS, salas: ['Geral', 'Sala de Estar'] };
  test.each([
    ['/hist', '/historico ', []],
    ['/s', '/s', ['salas', 'sair', 'sala', 'senha', 'silenciar', 'sino']],
    ['/en', '/en', ['entrar', 'encerrar']],
    ['/entrar ger', '/entrar Geral', []],
    ['/entrar sala d', '/entrar Sala de Estar', []],
    ['/sino m', '/sino mencao', []],
    ['/msg pe', '/msg Pedro ', []],
    ['/expulsar pe', '/expulsar Pedro', []],
    ['@JO', '@João ', []],
    ['@a', '@Ana', ['Ana', 'Ana Maria']],
    ['@ana ', '@Ana Maria ', []],
    ['pe', 'Pedro: ', []],
    ['oi, pe', 'oi, Pedro ', []],
    ['nada disso', 'nada disso', []],
    ['', '', []],
  ])('%j vira %j', (digitado, texto, candidatos) => {
    expect(completar(digitado, digitado.length, conhecidos)).toEqual({ texto, cursor: texto.length, candidatos });
  });

  test('no meio da linha, o que vem depois do cursor fica', () => {
    expect(completar('@jo tudo bem?', 3, conhecidos)).toEqual({ texto: '@João  tudo bem?', cursor: 6, candidatos: [] });
  });
});
