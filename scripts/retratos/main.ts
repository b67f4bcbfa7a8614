/**
 * Os retratos do README: uma sessão de verdade, desenhada da tela do próprio terminal.
 * `npm run retratos` constrói e os desenha de novo em .github/retratos/, ou na pasta que se der.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pilha } from '../comum/pilha.ts';
import { RAIZ } from '../comum/raiz.ts';
import type { Terminal } from '../comum/terminal.ts';
import { conversar, montarCena } from './conversa.ts';
import { desenhar, type Traco } from './svg.ts';
import { TEMAS } from './temas.ts';

const DESTINO = process.argv[2] ?? join(RAIZ, '.github', 'retratos');
const COLUNAS = 72;
const TEMA = TEMAS.mocha;

function retratar(nome: string, { xterm }: Terminal, titulo: string, traco?: Traco): void {
  mkdirSync(DESTINO, { recursive: true });
  writeFileSync(join(DESTINO, `${nome}.svg`), desenhar(xterm, titulo, traco));
}

const pilha = new Pilha();
try {
  const cena = await montarCena(pilha);
  await cena.entrar('Bia', 'Geral');
  await cena.entrar('Ana', 'Projeto 2');
  const pedro = cena.abrirCliente([], { colunas: COLUNAS, fileiras: 12 }, TEMA);
  await pedro.ver('Digite seu nome de usuário:');
  pedro.digitar('Pedro\r');
  await pedro.ver('1) Criar sala');
  pedro.digitar('3\r');
  await pedro.ver('Projeto 2 (1 usuário)');
  await pedro.ver('1) Criar sala');
  retratar('menu', pedro, 'o primeiro menu');
  const paulo = await conversar(cena, { colunas: COLUNAS, fileiras: 18 }, TEMA);
  retratar('conversa', paulo, 'uma conversa', { comCursor: true });
} finally {
  await pilha.close();
}
