import { expect, test } from 'vitest';
import { quemLe } from '../../../../../src/cliente/interativo/linha/quem-le.ts';

const SALA = {
  destinatario: undefined,
  ultimaPrivada: 'Bia',
  presentes: ['Ana', 'Ana Maria', 'Bia', 'Pedro'],
  ehDono: false,
  silencio: undefined,
};

test.each([
  ['', 'todos vão ler'],
  ['oi, gente', 'todos vão ler'],
  ['//dev/null', 'todos vão ler'],
  ['@pedro oi', 'só Pedro vai ler'],
  ['@ana maria oi', 'só Ana Maria vai ler'],
  ['@pedro', 'só Pedro vai ler'],
  ['@Rui oi', 'Rui não está na sala'],
  ['@\u202eRui oi', '\\u{202e}Rui não está na sala'],
  ['@pe', '@nome texto: só essa pessoa vai ler'],
  ['/msg Pedro oi', 'só Pedro vai ler'],
  ['/r oi', 'só Bia vai ler'],
  ['/', 'comando: ninguém lê'],
  ['/sal', 'comando: ninguém lê'],
  ['/salas', '/salas: as salas abertas'],
])('%j: %s', (texto, quem) => {
  expect(quemLe(texto, SALA)).toBe(quem);
});

test('com um destinatário, o que não diz a quem vai só a ele, se ele está', () => {
  expect(quemLe('oi', { ...SALA, destinatario: 'Ana' })).toBe('só Ana vai ler');
  expect(quemLe('@pedro oi', { ...SALA, destinatario: 'Ana' })).toBe('só Pedro vai ler');
  expect(quemLe('oi', { ...SALA, destinatario: 'Rui' })).toBe('Rui não está na sala');
});

test('um comando do dono da sala diz o que faz a quem é dono, e a quem não é, que não pode', () => {
  expect(quemLe('/passar Ana', { ...SALA, ehDono: true })).toBe('/passar nome: dá a sala a quem está nela');
  expect(quemLe('/passar Ana', SALA)).toBe('/passar: só quem é dono da sala');
});

test.each([
  ['voce', 'você foi silenciado: ninguém vai ler'],
  ['sala', 'a sala foi silenciada: ninguém vai ler'],
] as const)('quem o silêncio (%s) não deixa falar só é lido pelo dono, em particular', (de, ninguem) => {
  const silenciada = { ...SALA, silencio: { de, dono: 'Pedro' } };
  expect(quemLe('', silenciada)).toBe(ninguem);
  expect(quemLe('oi', silenciada)).toBe(ninguem);
  expect(quemLe('@ana oi', silenciada)).toBe(ninguem);
  expect(quemLe('@pedro oi', silenciada)).toBe('só Pedro vai ler');
  expect(quemLe('oi', { ...silenciada, destinatario: 'Pedro' })).toBe('só Pedro vai ler');
  expect(quemLe('/r oi', silenciada)).toBe(ninguem);
  expect(quemLe('/salas', silenciada)).toBe('/salas: as salas abertas');
  expect(quemLe('@ana oi', { ...silenciada, silencio: { de, dono: null } })).toBe(ninguem);
});
