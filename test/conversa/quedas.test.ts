import { expect, test } from 'vitest';
import { abrirProxy } from '../../scripts/comum/proxy.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { abrirBinder, registrarTodos } from '../suporte/local/binder.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco, vezes } from '../suporte/local/palco.ts';
import { abrirSistemaQueCai } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, ctrlC } = TECLA;
const { sistema, abrir, abrirNaSala } = montarPalco(abrirSistemaQueCai, abrirClienteLocal);

test('sem binder nem servidor, a pergunta do nome insiste e diz uma vez só', async () => {
  const { binder, caminho } = sistema();
  await caminho.recusar();
  await binder.derrubar();
  const cliente = abrir();
  await cliente.ver('Digite seu nome de usuário:');
  cliente.digitar('Pedro', enter);
  await cliente.ver('Ainda sem conexão: Não há ninguém em http://127.0.0.1');
  await cliente.ver('Aguarde…');

  await using outro = await abrirBinder(relogioDoSistema, { porta: binder.porta });
  await caminho.aceitar();
  registrarTodos(outro, caminho.porta);
  await cliente.ver('Conexão restabelecida.');
  await cliente.ver('Bem-vindo, Pedro!');
  await cliente.verMenu('1) Criar sala');
  expect(vezes(cliente, 'sem conexão')).toBe(1);
  expect(vezes(cliente, 'restabelecida')).toBe(1);
});

test('o servidor que cai e volta em outra porta: dito uma vez, e nada do que se perdeu falta', async () => {
  const pedro = await abrirNaSala('Pedro');
  const maria = await abrirNaSala('Maria');
  maria.digitar('1', enter, enter, 'meio digit');
  await maria.ver('Digite a mensagem: meio digit');
  await sistema().caminho.recusar();
  for (const cliente of [pedro, maria]) await cliente.ver(/Conexão perdida: .*É o servidor que não responde\./);

  pedro.digitar('enviada na queda', enter, 'e outra', enter, 'com a linha livre');
  await pedro.ver(/Digite a mensagem: com a linha livre\n.*sem conexão · 2 mensagens esperam/);
  await using outro = await abrirProxy(sistema().servidor.porta);
  registrarTodos(sistema().binder, outro.porta);
  for (const cliente of [pedro, maria]) {
    await cliente.ver('Conexão restabelecida.');
    await cliente.ver(/Pedro: enviada na queda\n.*Pedro: e outra\n/);
    expect(vezes(cliente, 'Conexão perdida')).toBe(1);
    expect(vezes(cliente, 'restabelecida')).toBe(1);
    expect(vezes(cliente, ': enviada na queda')).toBe(1);
  }
  maria.digitar('ado', enter);
  for (const cliente of [pedro, maria]) await cliente.ver('Maria: meio digitado');
});

test('sem o binder, quem já sabe o caminho continua a conversar', async () => {
  const pedro = await abrirNaSala('Pedro');
  const maria = await abrirNaSala('Maria');
  pedro.digitar('1', enter, enter, 'antes', enter, enter);
  await maria.ver('Pedro: antes');
  await sistema().binder.derrubar();
  pedro.digitar('1', enter, enter, 'depois', enter);
  await maria.ver('Pedro: depois');
  expect(vezes(pedro, 'Conexão perdida')).toBe(0);
});

test('enquanto insiste num nome, Ctrl+C sai sem dizer mais nada', async () => {
  await sistema().caminho.recusar();
  const pedro = abrir();
  await pedro.ver('Digite seu nome de usuário:');
  pedro.digitar('Pedro', enter);
  await pedro.ver('Aguarde…');
  pedro.digitar(ctrlC);
  expect(await pedro.fim).toBe(0);
  expect(pedro.linhas().filter(Boolean)).toEqual([
    'Digite seu nome de usuário: Pedro',
    expect.stringContaining('Ainda sem conexão'),
    'Encerrando...',
  ]);
});
