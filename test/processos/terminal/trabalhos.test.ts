/** O terminal que passa a outro programa e volta: só um shell e um terminal de verdade mostram isto. */

import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { mainDe } from '../../../scripts/comum/processos.ts';
import { abrirTerminal, type Terminal } from '../../../scripts/comum/terminal.ts';
import { montarPalco } from '../../suporte/local/palco.ts';
import { abrirSistemaLocal } from '../../suporte/local/sistema-local.ts';
import { abrirCliente, TECLA } from '../../suporte/terminal.ts';

const { enter } = TECLA;
const CTRL_Z = '\u001a';
const BASH = ['/bin/bash', '/usr/bin/bash'].find((caminho) => existsSync(caminho));

const { sistema, abrir, abrirNaSala } = montarPalco(abrirSistemaLocal, abrirCliente);
let estado: PastaTemporaria;
let shell: Terminal | undefined;

beforeEach(() => {
  estado = pastaTemporaria();
});
afterEach(() => {
  shell?.[Symbol.dispose]();
  shell = undefined;
  estado[Symbol.dispose]();
});

/** Um shell que para e retoma trabalhos, com um comando já digitado. */
function abrirShell(comando: string): Terminal {
  const ambiente = { PS1: 'PRONTO> ', XDG_STATE_HOME: estado.caminho };
  shell = abrirTerminal(BASH as string, ['--norc', '--noprofile', '-i'], { ambiente, colunas: 200 });
  shell.digitar(comando, enter);
  return shell;
}

const cliente = (nome: string) =>
  `'${process.execPath}' '${mainDe('cliente')}' --binder ${sistema().binder.url} --nome ${nome}`;

describe.skipIf(BASH === undefined)('num shell', () => {
  test.each([
    ['o cliente', (nome: string) => cliente(nome)],
    // Como o npx, o npm run e o chat_start.sh: quem abriu o cliente espera por ele.
    ['quem abriu o cliente, com ele', (nome: string) => `sh -c "${cliente(nome)}; true"`],
  ])('Ctrl+Z para %s, e fg traz de volta a pergunta e as teclas', async (_quem, comando) => {
    const terminal = abrirShell(comando('Pedro'));
    await terminal.ver('> 1) Criar sala');
    terminal.digitar('2', enter, 'meio');
    await terminal.ver('Digite o nome da sala: meio');
    terminal.digitar(CTRL_Z);
    await terminal.ver(/Stopped|Parado/);
    terminal.digitar('echo "o shell $((40 + 2))"', enter);
    await terminal.ver('o shell 42');
    terminal.digitar('fg', enter);
    await terminal.ver(/Digite o nome da sala: meio\n(?![\s\S]*PRONTO)/);
    terminal.digitar('!');
    await terminal.ver('Digite o nome da sala: meio!');
  });

  test('depois de um SIGSTOP e de fg, o modo das teclas e o quadro voltam', async () => {
    const terminal = abrirShell(`${cliente('Pedro')} & echo "pid $!"; fg`);
    await terminal.ver('> 1) Criar sala');
    const [, pid] = /pid (\d+)/.exec(terminal.corrido()) ?? [];
    process.kill(Number(pid), 'SIGSTOP');
    await terminal.ver(/Stopped|Parado/);
    terminal.digitar('fg', enter);
    await terminal.ver(/fg[\s\S]*> 1\) Criar sala/);
    terminal.digitar('3');
    await terminal.ver('> 3) Listar salas');
  });
});

test('sem um shell que pare trabalhos, Ctrl+Z devolve o quadro', async () => {
  const pedro = await abrirNaSala('Pedro');
  pedro.digitar(enter, enter, 'meio');
  await pedro.ver('Digite a mensagem: meio\n');
  pedro.digitar(CTRL_Z);
  await ate(() => pedro.bytes().split('\u001b[?2004h').length === 3, 'o terminal retomado');
  pedro.digitar(' fim', enter);
  await pedro.ver('Pedro: meio fim');
});

test('SIGQUIT acaba com o processo, e deixa o terminal são', async () => {
  const pedro = abrir(['--nome', 'Pedro']);
  await pedro.verMenu('1) Criar sala');
  pedro.matar('SIGQUIT');
  await pedro.fim;
  expect(pedro.bytes().endsWith('\u001b[?2004l\u001b[?25h')).toBe(true);
});

test('o lançador passa SIGQUIT ao cliente, e diz no status por que ele acabou', async () => {
  const { href } = new URL('../../../scripts/lancador/terminais/neste-terminal.js', import.meta.url);
  const argumentos = [mainDe('cliente'), '--binder', sistema().binder.url, '--nome', 'Pedro'];
  const lancar = `const { abrirNesteTerminal } = await import('${href}');
    process.exit(await abrirNesteTerminal(${JSON.stringify(argumentos)}, process.env).fim);`;
  shell = abrirTerminal(process.execPath, ['--input-type=module', '-e', lancar], {
    ambiente: { XDG_STATE_HOME: estado.caminho },
  });
  await shell.ver('> 1) Criar sala');
  shell.matar('SIGQUIT');
  expect(await shell.fim).toBe(128 + constants.signals.SIGQUIT);
  expect(shell.bytes().endsWith('\u001b[?2004l\u001b[?25h')).toBe(true);
});
