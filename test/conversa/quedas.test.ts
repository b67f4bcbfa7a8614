import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder } from '../../scripts/comum/processos.ts';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { iniciarSemLimites, montarPalco, vezes } from '../suporte/local/palco.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, ctrlC } = TECLA;
const { sistema, abrir, abrirNaSala } = montarPalco(iniciarSemLimites, abrirClienteLocal);

test('sem binder nem servidor, a pergunta do nome insiste e diz uma vez só', async () => {
  const { porta } = sistema().binder;
  await sistema().servidor.encerrar('SIGKILL');
  await sistema().binder.encerrar('SIGKILL');
  const cliente = abrir();
  await cliente.ver('Digite seu nome de usuário:');
  cliente.digitar('Pedro', enter);
  await cliente.ver('Ainda sem conexão: Não há ninguém em http://127.0.0.1');
  await cliente.ver('Aguarde…');

  using pasta = pastaTemporaria();
  await using binder = await iniciarBinder({ argumentos: ['--porta', String(porta)] });
  await using _servidor = await iniciarServidor(pasta.caminho, binder.url);
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
  await sistema().servidor.encerrar('SIGKILL');
  for (const cliente of [pedro, maria]) await cliente.ver(/Conexão perdida: .*É o servidor que não responde\./);

  pedro.digitar('enviada na queda', enter, 'e outra', enter, 'com a linha livre');
  await pedro.ver(/Digite a mensagem: com a linha livre\n.*sem conexão · 2 mensagens esperam/);
  await using _outro = await iniciarServidor(sistema().pasta.caminho, sistema().binder.url);
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
  await sistema().binder.encerrar('SIGKILL');
  pedro.digitar('1', enter, enter, 'depois', enter);
  await maria.ver('Pedro: depois');
  expect(vezes(pedro, 'Conexão perdida')).toBe(0);
});

test('enquanto insiste num nome, Ctrl+C sai sem dizer mais nada', async () => {
  await sistema().servidor.encerrar('SIGKILL');
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
