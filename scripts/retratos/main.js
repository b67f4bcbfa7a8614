/**
 * Os retratos do README: uma sessão de verdade, desenhada da tela do próprio terminal.
 * `npm run retratos` constrói e os desenha de novo em .github/retratos/, ou na pasta que se der.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conectar } from 'chat-system-distribuido';
import { Palco } from './palco.js';
import { desenhar } from './svg.js';

const DESTINO = process.argv[2] ?? join(import.meta.dirname, '..', '..', '.github', 'retratos');

/** @param {{ comCursor?: boolean }} [como] o emulador sabe onde está o cursor, mas não se ele se vê */
function retratar(nome, { xterm }, titulo, como) {
  mkdirSync(DESTINO, { recursive: true });
  writeFileSync(join(DESTINO, `${nome}.svg`), desenhar(xterm, titulo, como));
}

const palco = new Palco();
try {
  const binder = await palco.abrirSistema();
  const entrar = async (nome, sala) => {
    const chat = await conectar({ nome, sala, criarSala: true, binder });
    palco.aoFim(() => chat.close());
    return chat;
  };
  const maria = await entrar('Maria', 'Geral');
  const joao = await entrar('João', 'Geral');
  await entrar('Ana', 'Projeto 2');

  const pedro = palco.abrirCliente(['--binder', binder], { fileiras: 12 });
  await pedro.ver('Digite seu nome de usuário:');
  pedro.digitar('Pedro\r');
  await pedro.ver('1) Criar sala');
  pedro.digitar('3\r');
  await pedro.ver('Projeto 2 (1 usuário)');
  await pedro.ver('1) Criar sala');
  retratar('menu', pedro, 'o primeiro menu');

  const paulo = palco.abrirCliente(['--binder', binder, '--nome', 'Pedro Paulo', '--sala', 'Geral']);
  await paulo.ver('1) Enviar mensagem');
  paulo.digitar('\r');
  await paulo.ver('Digite o destinatário');
  paulo.digitar('\r');
  await paulo.ver('Digite a mensagem:');
  await maria.enviar('Bom dia a todos!');
  await joao.enviar('Bom dia! Alguém sabe onde o binder guarda a tabela?');
  await maria.enviar('Em memória: cada servidor renova o que é seu a cada poucos segundos, num lease.');
  await paulo.ver('num lease.');
  paulo.digitar('E se o servidor morrer?\r');
  await paulo.ver('+ [');
  await maria.enviar('Pedro Paulo, aí o lease vence, e o nome sai da tabela sozinho.');
  await maria.enviar('(bem-vindo ao grupo!)', { para: 'Pedro Paulo' });
  await paulo.ver('(bem-vindo ao grupo!)');
  await joao.sair();
  await paulo.ver('João saiu da sala.');
  paulo.digitar('@Maria obrigado! E quem env');
  await paulo.ver('E quem env');
  retratar('conversa', paulo, 'uma conversa', { comCursor: true });
} finally {
  await palco.fechar();
}
