import { describe, expect, test } from 'vitest';
import { abrirClienteLocal } from '../suporte/local/cliente-local.ts';
import { montarPalco } from '../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../suporte/local/sistema-local.ts';
import { TECLA } from '../suporte/terminal.ts';

const { enter, baixo, cima, esc } = TECLA;
const { abrir, abrirNaSala } = montarPalco(abrirSistemaLocal, abrirClienteLocal);

describe('o nome', () => {
  test('uma recusa diz por quê e pergunta de novo, até que um nome sirva', async () => {
    const maria = abrir(['--nome', 'Maria']);
    await maria.verMenu('1) Criar sala');

    const outra = abrir();
    await outra.ver(/^Digite seu nome de usuário:/);
    outra.digitar('SERVER', enter);
    await outra.ver(/Nome recusado: .*reservado/);
    outra.digitar(enter);
    await outra.ver(/Nome recusado: não pode ser vazio/);
    outra.digitar('maria', enter);
    await outra.ver(/Nome recusado: .*já está em uso/);
    outra.digitar('Ana', enter);
    await outra.ver('Bem-vindo, Ana!');
    await outra.verMenu('1) Criar sala');
  });

  test('--nome dispensa a pergunta; recusado, diz por quê e pergunta', async () => {
    const cliente = abrir(['--nome', 'todos']);
    await cliente.ver(/Nome recusado: .*reservado[\s\S]*Digite seu nome de usuário:/);
    cliente.digitar('Ana', enter);
    await cliente.verMenu('1) Criar sala');
  });

  test('--sala leva direto à sala; se ela não existe, diz por quê e pergunta', async () => {
    await abrirNaSala('Ana');
    const maria = abrir(['--nome', 'Maria', '--sala', 'Outra']);
    await maria.ver(/Não há sala com esse nome[\s\S]*Digite o nome da sala:/);
    maria.digitar('geral', enter);
    await maria.ver('Você entrou na sala Geral.');
    await maria.verMenu('1) Enviar mensagem');
  });
});

describe('os menus', () => {
  test('o primeiro mostra as quatro opções; número, seta e Enter escolhem, outra tecla nada faz', async () => {
    const cliente = abrir(['--nome', 'Pedro']);
    await cliente.ver('> 1) Criar sala\n  2) Entrar em uma sala\n  3) Listar salas\n  4) Encerrar\n');
    cliente.digitar('3');
    await cliente.verMenu('3) Listar salas');
    cliente.digitar('9', 'x', '0', esc);
    cliente.digitar(cima);
    await cliente.verMenu('2) Entrar em uma sala');
    cliente.digitar(baixo, enter);
    await cliente.ver('Não há salas abertas.');
    cliente.digitar(cima, enter);
    await cliente.ver('Encerrando...');
    expect(await cliente.fim).toBe(0);
  });

  test('criar entra; entrar oferece as salas abertas, e a seta escolhe', async () => {
    const cliente = abrir(['--nome', 'Pedro']);
    for (const sala of ['Alfa', 'Beta']) {
      await cliente.verMenu('1) Criar sala');
      cliente.digitar('1', enter, sala, enter);
      await cliente.ver(`Sala ${sala} criada.\nVocê entrou na sala ${sala}.`);
      await cliente.ver(
        /> 1\) Enviar mensagem\n {2}2\) Sair da sala\n {2}3\) Listar usuários\n {2}4\) Encerrar\nDigite a mensagem: *\n/,
      );
      cliente.digitar('2', enter);
      await cliente.ver(`Você saiu da sala ${sala}.`);
    }
    cliente.digitar('1', enter, 'ALFA', enter);
    await cliente.ver('A sala não foi criada: Já existe uma sala com esse nome.');

    cliente.digitar('2', enter);
    await cliente.ver('Digite o nome da sala: \n> Alfa (0 usuários)\n  Beta (0 usuários)\n');
    cliente.digitar(baixo);
    await cliente.verMenu('Beta (0 usuários)');
    cliente.digitar(enter);
    await cliente.ver('Você entrou na sala Beta.');
    cliente.digitar('3', enter);
    await cliente.ver('Usuários na sala: Pedro\n> 1)');
    cliente.digitar('2', enter);
    await cliente.ver('Você saiu da sala Beta.');
    cliente.digitar('3', enter);
    await cliente.ver('Salas abertas:\n  Alfa (0 usuários)\n  Beta (0 usuários)\n');
  });

  test('sem salas abertas, a pergunta pela sala cria a que se disser; um nome novo se confirma com uma tecla', async () => {
    const cliente = abrir(['--nome', 'Pedro']);
    await cliente.verMenu('1) Criar sala');
    cliente.digitar('2', enter);
    await cliente.ver('Não há salas abertas: dê um nome, e ela é criada.');
    cliente.digitar('Projeto', enter);
    await cliente.ver('Criar "Projeto" e entrar? (S/n)');
    cliente.digitar('n');
    await cliente.verMenu('1) Criar sala');
    cliente.digitar('2', enter, 'Projeto', enter, enter);
    await cliente.ver('Sala Projeto criada.\nVocê entrou na sala Projeto.');
  });

  test('do começo à primeira palavra: o nome, a sala, o texto, e uma tecla para criar', async () => {
    const novo = abrir();
    await novo.ver('Digite seu nome de usuário:');
    novo.digitar('Rita', enter);
    await novo.verMenu('1) Criar sala');
    novo.digitar(enter);
    await novo.ver('Digite o nome da sala:');
    novo.digitar('Nova', enter);
    await novo.verMenu('1) Enviar mensagem');
    novo.digitar('Oi!', enter);
    await novo.ver('Rita: Oi!');
    const apressado = abrir(['--nome', 'Ana', '--sala', 'Geral', '--criar']);
    await apressado.verMenu('1) Enviar mensagem');
    apressado.digitar('Oi!', enter);
    await apressado.ver('Ana: Oi!');
  });

  test('tudo digitado de um fôlego, antes da hora, chega a quem deve', async () => {
    const cliente = abrir();
    cliente.digitar('Pedro', enter, '1', enter, 'Geral', enter, '1', enter, enter, 'Oi!', enter, enter);
    await cliente.ver(/\[\d\d:\d\d:\d\d] Pedro: Oi!/);
    await cliente.verMenu('1) Enviar mensagem');
  });

  test('o que se cola num menu nada escolhe, e numa pergunta as quebras de linha coladas não confirmam', async () => {
    const cliente = abrir(['--nome', 'Pedro']);
    await cliente.verMenu('1) Criar sala');
    cliente.digitar('\u001b[200~4\r4\r\u001b[201~', '3', enter);
    await cliente.ver('Não há salas abertas.\n> 1)');
    cliente.digitar('1', enter, '\u001b[200~um\r\ndois\ttrês\u001b[31m\u001b[201~');
    await cliente.ver('Digite o nome da sala: um dois três[31m');
  });
});
