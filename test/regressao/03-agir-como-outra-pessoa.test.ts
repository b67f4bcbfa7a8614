/** Defeito 3: o nome era a única identidade: qualquer um lia, falava e saía como qualquer outro. */

import { expect, test } from 'vitest';
import { recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { conteudos, ids, registrar, salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

test('só com o token de Pedro se age como Pedro, por procedimento ou apelido', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const outra = await registrar(url, 'Outra sala');
  await outra.fazer('criar_sala', { nomeSala: 'Outra' });
  const antes = ids(await pedro.receber(sala));

  const comoPedro = { nomeUsuario: pedro.nome };
  const quePedemNome = [
    ['encerrar_sessao', comoPedro],
    ['entrar_sala', { ...comoPedro, nomeSala: 'Outra' }],
    ['entrar_na_sala', { ...comoPedro, nomeSala: 'Outra' }],
    ['sair_da_sala', comoPedro],
    ['enviar_mensagem', { ...comoPedro, salaAtual: sala, mensagem: 'não fui eu' }],
    ['enviar_messagem', { ...comoPedro, salaAtual: sala, mensagem: 'não fui eu' }],
    ['receber_mensagens', { ...comoPedro, salaAtual: sala }],
  ] as const;
  const semNome = [
    ['encerrar_sessao', {}],
    ['criar_sala', { nomeSala: 'De ninguém' }],
    ['criarSala', { nomeSala: 'De ninguém' }],
    ['sair_da_sala', {}],
    ['listar_usuarios', { nomeSala: sala }],
  ] as const;

  // Um token que tem a forma certa e não é de ninguém.
  const inventado = `${pedro.token.slice(0, -4)}AAAA`;
  for (const [method, params] of [...quePedemNome, ...semNome]) {
    expect(await recusa(url, method, params), method).toMatchObject({ code: 2002, data: { tipo: 'NAO_AUTENTICADO' } });
    expect(await recusa(url, method, params, inventado), method).toMatchObject({ code: 2002 });
  }
  for (const [method, params] of quePedemNome) {
    expect(await recusa(url, method, params, maria.token), method).toMatchObject({
      code: 2003,
      data: { tipo: 'USUARIO_NAO_CONFERE' },
    });
  }

  expect(ids(await pedro.receber(sala))).toEqual(antes);
  expect(await pedro.fazer('listar_usuarios')).toEqual([maria.nome, pedro.nome].sort());
  expect(await resultado(url, 'listar_salas')).toEqual([
    { nomeSala: 'Outra', usuarios: 0 },
    { nomeSala: sala, usuarios: 2 },
  ]);
});

test('sem dizer o nome, quem sai é o dono do token, e mais ninguém', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  await maria.fazer('sair_da_sala');

  expect(conteudos(await pedro.receber(sala, { desde: 0 })).at(-1)).toBe(`${maria.nome} saiu da sala.`);
  expect(await pedro.fazer('listar_usuarios')).toEqual([pedro.nome]);
});

test('um nome em uso não se toma registrando-o de novo, com outras maiúsculas ou com o token de outro', async () => {
  const { url } = sistema().servidor;
  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario: 'Pedro' });
  const maria = await registrar(url, 'Maria');

  for (const nomeUsuario of ['Pedro', 'PEDRO', '  pedro ', 'Ｐｅｄｒｏ']) {
    expect(await recusa(url, 'registrar_usuario', { nomeUsuario }), nomeUsuario).toMatchObject({ code: 2001 });
    expect(await recusa(url, 'registrar_usuario', { nomeUsuario }, maria.token)).toMatchObject({ code: 2001 });
  }
  expect(await resultado(url, 'registrar_usuario', { nomeUsuario: 'Pedro' }, token)).toMatchObject({ token });
});
