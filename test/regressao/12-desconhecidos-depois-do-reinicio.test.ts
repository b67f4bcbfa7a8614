/** Defeito 12: depois de um reinício do servidor todo usuário era desconhecido. */

import { expect, test } from 'vitest';
import { recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { comToken, salaCom } from '../suporte/pessoas.ts';
import { iniciarSemBinder, iniciarServidor, SEM_BINDER } from '../suporte/processos/processos.ts';

test('depois de um kill -9, o que foi respondido está lá: sessões, salas, presenças, mensagens e chaves', async () => {
  await using sistema = await iniciarSemBinder();
  const { servidor, pasta } = sistema;
  const { sala, pessoas } = await salaCom(servidor.url, 'Pedro', 'Maria', 'Zoé');
  const [pedro, maria, zoe] = pessoas;
  const aTodos = await pedro.dizer(sala, 'a todos', { chave: 'k1' });
  const privada = await pedro.dizer(sala, 'só para Maria', { destinatario: maria.nome });
  await zoe.fazer('criar_sala', { nomeSala: 'Vazia' });
  await zoe.fazer('encerrar_sessao');
  const visto = await maria.receber(sala, { desde: 0 });
  await servidor.encerrar('SIGKILL');

  await using novo = await iniciarServidor(pasta.caminho, SEM_BINDER);
  const pedroDeVolta = comToken(novo.url, pedro.nome, pedro.token);
  const mariaDeVolta = comToken(novo.url, maria.nome, maria.token);

  expect(await mariaDeVolta.receber(sala, { desde: 0 })).toEqual(visto);
  expect(visto).toEqual(expect.arrayContaining([aTodos, privada]));
  expect(await pedroDeVolta.fazer('listar_usuarios')).toEqual([maria.nome, pedro.nome].sort());
  expect(await resultado(novo.url, 'listar_salas')).toEqual([
    { nomeSala: sala, usuarios: 2 },
    { nomeSala: 'Vazia', usuarios: 0 },
  ]);
  expect(await resultado(novo.url, 'registrar_usuario', { nomeUsuario: pedro.nome }, pedro.token)).toEqual({
    nomeUsuario: pedro.nome,
    token: pedro.token,
    sala,
  });
  expect(await recusa(novo.url, 'registrar_usuario', { nomeUsuario: pedro.nome })).toMatchObject({ code: 2001 });
  expect(await recusa(novo.url, 'listar_usuarios', {}, zoe.token)).toMatchObject({ code: 2002 });
  expect(await pedroDeVolta.dizer(sala, 'a todos', { chave: 'k1' })).toEqual(aTodos);
  const nova = await pedroDeVolta.dizer(sala, 'depois');
  expect(nova.id).toBeGreaterThan(Math.max(...visto.map(({ id }) => id)));
  expect(await mariaDeVolta.receber(sala, { desde: visto.at(-1)?.id })).toEqual([nova]);
});
