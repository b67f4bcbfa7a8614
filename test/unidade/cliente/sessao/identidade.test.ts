import { expect, test } from 'vitest';
import type { Sessao } from '../../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { Identidade } from '../../../../src/cliente/sessao/identidade.ts';

function abrir() {
  const mudancas: (Sessao | undefined)[] = [];
  return { identidade: new Identidade((sessao) => mudancas.push(sessao)), mudancas };
}

const REGISTRO = { nomeUsuario: 'Ana', token: 't1' };

test('quem guarda a sessão sabe de cada mudança, inteira', () => {
  const { identidade, mudancas } = abrir();
  identidade.assumir(REGISTRO);
  identidade.estarEm('Geral');
  identidade.estarEm(undefined);
  identidade.perder();
  expect(mudancas).toEqual([
    { nome: 'Ana', token: 't1', sala: undefined },
    { nome: 'Ana', token: 't1', sala: 'Geral' },
    { nome: 'Ana', token: 't1', sala: undefined },
    undefined,
  ]);
});

test('um registro novo troca o token e não tira da sala', () => {
  const { identidade } = abrir();
  identidade.assumir(REGISTRO);
  identidade.estarEm('Geral');
  identidade.assumir({ ...REGISTRO, token: 't2' });
  expect(identidade.sessao).toEqual({ nome: 'Ana', token: 't2', sala: 'Geral' });
});

test('quem deixa a sessão sem a terminar ainda pode voltar: quem a guarda não fica sabendo', () => {
  const { identidade, mudancas } = abrir();
  identidade.assumir(REGISTRO);
  identidade.deixar();
  expect(identidade.sessao).toBeUndefined();
  expect(mudancas).toHaveLength(1);
});

test('sem sessão não se está em sala nenhuma', () => {
  const { identidade, mudancas } = abrir();
  identidade.estarEm('Geral');
  expect(identidade.sala).toBeUndefined();
  expect(mudancas).toEqual([]);
});
