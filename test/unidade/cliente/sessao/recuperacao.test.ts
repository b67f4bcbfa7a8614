import { beforeEach, expect, test } from 'vitest';
import { Contato } from '../../../../src/cliente/chamadas/contato.ts';
import { Tentativas } from '../../../../src/cliente/chamadas/tentativas.ts';
import { Identidade } from '../../../../src/cliente/sessao/identidade.ts';
import { Recuperacao } from '../../../../src/cliente/sessao/recuperacao.ts';
import { Senhas } from '../../../../src/cliente/sessao/senhas.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { assentar, ServicoDeMentira } from '../../../suporte/local/servico-de-mentira.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

let relogio: RelogioDeTeste;
let servico: ServicoDeMentira;
let identidade: Identidade;
let senhas: Senhas;
let recuperacao: Recuperacao;

beforeEach(() => {
  relogio = relogioDeTeste();
  servico = new ServicoDeMentira({
    registrar_usuario: ({ nomeUsuario }) => ({ nomeUsuario, token: 'novo', sala: null }),
    entrar_sala: ({ nomeSala }) => ({ nomeSala, usuarios: ['Ana'], mensagens: [] }),
  });
  identidade = new Identidade(() => {});
  identidade.assumir({ nomeUsuario: 'Ana', token: 'morto' });
  identidade.estarEm('Geral');
  const contato = new Contato(() => {});
  const tentativas = new Tentativas({ servico, clock: relogio, contato, intervaloMs: 1_000 });
  senhas = new Senhas();
  recuperacao = new Recuperacao(tentativas, identidade, senhas);
});

const recusar = (tipo: ContractError['tipo']) => () => Promise.reject(new ContractError(tipo));

test('registra-se de novo sem o token morto, e volta à sala com o novo', async () => {
  expect(await recuperacao.recuperar()).toEqual({ tipo: 'de_volta', nome: 'Ana', sala: 'Geral' });
  expect(servico.chamadas).toMatchObject([
    { nome: 'registrar_usuario', params: { nomeUsuario: 'Ana' }, token: undefined },
    { nome: 'entrar_sala', params: { nomeUsuario: 'Ana', nomeSala: 'Geral' }, token: 'novo' },
  ]);
  expect(identidade.sessao).toEqual({ nome: 'Ana', token: 'novo', sala: 'Geral' });
});

test('volta à sala que tem senha com a senha que a abriu', async () => {
  senhas.lembrar('geral', 'segredo');
  await recuperacao.recuperar();
  expect(servico.de('entrar_sala')).toMatchObject([{ params: { nomeSala: 'Geral', senha: 'segredo' } }]);
});

test('fora de qualquer sala, basta o nome', async () => {
  identidade.estarEm(undefined);
  expect(await recuperacao.recuperar()).toEqual({ tipo: 'de_volta', nome: 'Ana', sala: undefined });
  expect(servico.nomes).toEqual(['registrar_usuario']);
});

test('sem a sala, fica o nome', async () => {
  servico.respostas = { ...servico.respostas, entrar_sala: recusar('SALA_NAO_ENCONTRADA') };
  expect(await recuperacao.recuperar()).toMatchObject({
    tipo: 'sem_sala',
    sala: 'Geral',
    erro: { tipo: 'SALA_NAO_ENCONTRADA' },
  });
  expect(identidade.sessao).toEqual({ nome: 'Ana', token: 'novo', sala: undefined });
});

test('sem o nome, não fica nada', async () => {
  servico.respostas = { registrar_usuario: recusar('NOME_EM_USO') };
  expect(await recuperacao.recuperar()).toMatchObject({ tipo: 'sem_nome', erro: { tipo: 'NOME_EM_USO' } });
  expect(identidade.sessao).toBeUndefined();
});

test('enquanto o servidor está fora, insiste', async () => {
  const { registrar_usuario } = servico.respostas;
  servico.respostas = { registrar_usuario: () => Promise.reject(new UnreachableError('recusada', 'x')) };
  identidade.estarEm(undefined);
  const desfecho = recuperacao.recuperar();
  for (let vez = 0; vez < 100; vez += 1) {
    await assentar();
    relogio.avancar(1_000);
  }
  await assentar();
  servico.respostas = { ...(registrar_usuario ? { registrar_usuario } : {}) };
  relogio.avancar(1_000);
  expect(await desfecho).toMatchObject({ tipo: 'de_volta' });
  expect(servico.chamadas.length).toBeGreaterThan(100);
});
