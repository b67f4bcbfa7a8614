import { expect, test } from 'vitest';
import { juntarMovimentos } from '../../../../../src/cliente/interativo/mural/movimentos.ts';
import { textoDeEntrada, textoDeSaida } from '../../../../../src/dominio/mensagens.ts';
import { mensagem } from '../../../../processos/terminal/apoio.ts';

const entrou = (nome: string) => mensagem(1, textoDeEntrada(nome), 'SERVER');
const saiu = (nome: string) => mensagem(1, textoDeSaida(nome), 'SERVER');
const ditas = (...mensagens: Parameters<typeof juntarMovimentos>[0]) =>
  juntarMovimentos(mensagens).map(({ conteudo }) => conteudo);

test('até dois seguidos, uma linha cada', () => {
  expect(ditas(entrou('Ana'), saiu('Bia'))).toEqual(['Ana entrou na sala.', 'Bia saiu da sala.']);
});

test('muitos seguidos são uma linha dos que entraram e uma dos que saíram', () => {
  expect(ditas(entrou('Ana'), saiu('Rui'), entrou('Bia'), entrou('Caio'))).toEqual([
    'Ana, Bia e Caio entraram na sala.',
    'Rui saiu da sala.',
  ]);
  const cem = Array.from({ length: 100 }, (_, n) => entrou(`P${n}`));
  expect(ditas(...cem)).toEqual(['P0, P1, P2 e mais 97 entraram na sala.']);
});

test('o que se disse no meio fica no seu lugar', () => {
  expect(ditas(entrou('Ana'), entrou('Bia'), mensagem(2, 'oi'), entrou('Caio'))).toEqual([
    'Ana entrou na sala.',
    'Bia entrou na sala.',
    'oi',
    'Caio entrou na sala.',
  ]);
});
