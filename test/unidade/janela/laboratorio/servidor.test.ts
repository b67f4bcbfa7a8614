import { expect, test } from 'vitest';
import { Servidor } from '../../../../src/janela/laboratorio/servidor.ts';
import { relogioDoSistema } from '../../../../src/process/clock.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { abrirBinder, registrarTodos } from '../../../suporte/local/binder.ts';
import { abrirSistemaLocal } from '../../../suporte/local/sistema-local.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

const LEASE_S = 30;

test('com o binder fora, o robô segue com o endpoint que guardava, também depois do lease', async () => {
  await using sistema = await abrirSistemaLocal();
  const relogio = relogioDeTeste();
  const binder = await abrirBinder(relogioDoSistema);
  registrarTodos(binder, sistema.servidor.porta, LEASE_S);
  const conexoes = criarConexoes();
  const servidor = new Servidor(binder.url, conexoes, relogio);
  await servidor.chamar('listar_salas', {}, undefined);
  await binder.derrubar();

  relogio.avancar(LEASE_S * 1_000 + 1);
  expect(await servidor.chamar('listar_salas', {}, undefined)).toEqual([]);
  // O que ele nunca perguntou, não sabe.
  await expect(servidor.chamar('registrar_usuario', { nomeUsuario: 'robo-1' }, undefined)).rejects.toMatchObject({
    name: 'UnreachableError',
  });
  conexoes.destroy();
});
