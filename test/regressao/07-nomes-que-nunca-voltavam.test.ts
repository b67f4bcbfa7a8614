/**
 * Defeito 7: um nome nunca ficava livre de novo, nem depois de um kill nem de sair pelo menu;
 * um usuário morto ocupava uma sala para sempre.
 */

import { expect, test } from 'vitest';
import { recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { abrirSistemaParado } from '../suporte/local/sistema-local.ts';
import { comToken, conteudos, salaCom } from '../suporte/pessoas.ts';

const UM_MINUTO_MS = 60_000;

test('encerrar a sessão libera o nome na hora, e o token antigo não vale mais', async () => {
  await using sistema = await abrirSistemaParado();
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;

  expect(await pedro.fazer('encerrar_sessao')).toBe(true);

  expect(conteudos(await maria.receber(sala, { desde: 0 }))).toContain(`${pedro.nome} saiu da sala.`);
  expect(await pedro.serRecusado('listar_usuarios', { nomeSala: sala })).toMatchObject({ code: 2002 });
  const novo = await resultado(url, 'registrar_usuario', { nomeUsuario: pedro.nome });
  expect(novo).toMatchObject({ nomeUsuario: pedro.nome, sala: null });
  expect(novo.token).not.toBe(pedro.token);
});

test('quem some sai da sala em 1 min, e em 30 o nome fica livre; quem chama continua', async () => {
  await using sistema = await abrirSistemaParado();
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  /** O tempo passa, e só Maria chama. */
  const passar = async (ms: number) => {
    for (let restam = ms; restam > 0; restam -= UM_MINUTO_MS / 2) {
      await sistema.passarTempo(Math.min(restam, UM_MINUTO_MS / 2));
      await maria.fazer('listar_salas');
    }
  };

  await passar(UM_MINUTO_MS - 1);
  expect(await maria.fazer('listar_usuarios')).toEqual([maria.nome, pedro.nome]);
  await passar(1);
  expect(await maria.fazer('listar_usuarios')).toEqual([maria.nome]);
  expect(conteudos(await maria.receber(sala, { desde: 0 })).at(-1)).toBe(`${pedro.nome} saiu da sala.`);

  // Fora da sala não é fora do chat: o nome ainda é dele. Um registro sem token não é presença de ninguém.
  await passar(29 * UM_MINUTO_MS - 1);
  expect(await recusa(url, 'registrar_usuario', { nomeUsuario: pedro.nome })).toMatchObject({ code: 2001 });
  await passar(1);
  const { token } = await resultado(url, 'registrar_usuario', { nomeUsuario: pedro.nome });

  expect(await pedro.serRecusado('listar_usuarios')).toMatchObject({ code: 2002 });
  expect((await comToken(url, pedro.nome, token).entrar(sala)).usuarios).toEqual([maria.nome, pedro.nome]);
});
