import { describe, expect, test } from 'vitest';
import { comandosQueComecam, completar } from '../../../../../src/cliente/interativo/linha/completar.ts';

const USUARIOS = ['Ana', 'Ana Maria', 'João', 'Pedro'];

describe('Tab', () => {
  const conhecidos = { usuarios: USUARIOS, salas: ['Geral', 'Sala de Estar'], ehDono: true };
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

  test.each([
    ['/s', '/s', ['salas', 'sair', 'sala', 'silenciar', 'sino']],
    ['/exp', '/exp', []],
    ['/expulsar pe', '/expulsar Pedro ', []],
  ])('a quem não é dono da sala não oferece o que só o dono pode: %j vira %j', (digitado, texto, candidatos) => {
    const conclusao = completar(digitado, digitado.length, { ...conhecidos, ehDono: false });
    expect(conclusao).toEqual({ texto, cursor: texto.length, candidatos });
  });

  test('no meio da linha, o que vem depois do cursor fica', () => {
    expect(completar('@jo tudo bem?', 3, conhecidos)).toEqual({ texto: '@João  tudo bem?', cursor: 6, candidatos: [] });
  });
});

test('enquanto se digita um comando, se mostra só o que a pessoa pode', () => {
  expect(comandosQueComecam('/p', true)).toEqual(['/perdi', '/passar']);
  expect(comandosQueComecam('/p', false)).toEqual(['/perdi']);
  expect(comandosQueComecam('/', false)).toContain('/sala');
  expect(comandosQueComecam('/passar Ana', true)).toEqual([]);
});
