/**
 * Os retratos do README: uma sessão de verdade, desenhada da tela do próprio terminal.
 * `npm run retratos` constrói e os desenha de novo em .github/retratos/, ou na pasta que se der.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conectar } from '../../src/cliente/biblioteca/biblioteca.ts';
import { pastaTemporaria } from '../comum/pasta.ts';
import { Pilha } from '../comum/pilha.ts';
import { iniciarBinder, iniciarServidor, mainDe } from '../comum/processos.ts';
import { RAIZ } from '../comum/raiz.ts';
import { abrirTerminal, type Terminal } from '../comum/terminal.ts';
import { desenhar, type Traco } from './svg.ts';

const DESTINO = process.argv[2] ?? join(RAIZ, '.github', 'retratos');
const COLUNAS = 72;

function retratar(nome: string, { xterm }: Terminal, titulo: string, traco?: Traco): void {
  mkdirSync(DESTINO, { recursive: true });
  writeFileSync(join(DESTINO, `${nome}.svg`), desenhar(xterm, titulo, traco));
}

const pilha = new Pilha();
try {
  const pasta = pilha.use(pastaTemporaria()).caminho;
  const binder = await iniciarBinder();
  pilha.defer(() => binder.encerrarEmOrdem());
  const servidor = await iniciarServidor(pasta, binder.url);
  pilha.defer(() => servidor.encerrarEmOrdem());
  const entrar = async (nome: string, sala: string) => {
    const chat = await conectar({ nome, sala, criarSala: true, binder: binder.url });
    pilha.defer(() => chat.close());
    return chat;
  };
  const abrirCliente = (argumentos: readonly string[], fileiras: number) =>
    pilha.use(
      abrirTerminal(process.execPath, [mainDe('cliente'), '--binder', binder.url, ...argumentos], {
        ambiente: { COLORTERM: 'truecolor', XDG_STATE_HOME: pasta },
        colunas: COLUNAS,
        fileiras,
      }),
    );
  const maria = await entrar('Maria', 'Geral');
  const joao = await entrar('João', 'Geral');
  await entrar('Ana', 'Projeto 2');

  const pedro = abrirCliente([], 12);
  await pedro.ver('Digite seu nome de usuário:');
  pedro.digitar('Pedro\r');
  await pedro.ver('1) Criar sala');
  pedro.digitar('3\r');
  await pedro.ver('Projeto 2 (1 usuário)');
  await pedro.ver('1) Criar sala');
  retratar('menu', pedro, 'o primeiro menu');

  const paulo = abrirCliente(['--nome', 'Pedro Paulo', '--sala', 'Geral'], 18);
  await paulo.ver('1) Enviar mensagem');
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
  await pilha.close();
}
