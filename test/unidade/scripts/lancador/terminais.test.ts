import { expect, test } from 'vitest';
import { abridorDeJanelas } from '../../../../scripts/lancador/terminais/terminais.js';

const COMANDO = ['/opt/node', '/a pasta/num"a.js', 'binder', "CHAT_X=d'água"];

function linhaEm(sistema: string, ambiente: NodeJS.ProcessEnv, ...programas: string[]) {
  const existe = (programa: string) => programas.includes(programa);
  return abridorDeJanelas({ sistema, ambiente, existe })?.linha('o título', COMANDO);
}

test('dentro do tmux, em qualquer sistema, é uma janela dele', () => {
  const esperada = ['tmux', 'new-window', '-d', '-c', process.cwd(), '-n', 'o título', ...COMANDO];
  for (const sistema of ['linux', 'darwin']) expect(linhaEm(sistema, { TMUX: 'x' }, 'xterm')).toEqual(esperada);
});

test('no Windows é o Windows Terminal ou, sem ele, o start', () => {
  expect(linhaEm('win32', {}, 'wt.exe')).toEqual(['wt.exe', 'new-tab', '--title', 'o título', ...COMANDO]);
  expect(linhaEm('win32', {})).toEqual(['cmd.exe', '/d', '/c', 'start', 'o título', ...COMANDO]);
});

test('no macOS é o Terminal, e nada do comando sai das aspas', () => {
  expect(linhaEm('darwin', {})).toEqual([
    'osascript',
    '-e',
    `tell application "Terminal" to do script "'/opt/node' '/a pasta/num\\"a.js' 'binder' 'CHAT_X=d'\\\\''água'"`,
  ]);
});

test('no Linux é o primeiro que há, e sem uma tela não há nenhum', () => {
  expect(linhaEm('linux', { DISPLAY: ':0' }, 'xterm', 'konsole')).toEqual([
    'setsid',
    '--fork',
    'konsole',
    '-e',
    ...COMANDO,
  ]);
  expect(linhaEm('linux', { WAYLAND_DISPLAY: 'w' }, 'xterm')).toEqual(['setsid', '--fork', 'xterm', '-e', ...COMANDO]);
  expect(linhaEm('linux', { DISPLAY: ':0' })).toBeUndefined();
  expect(linhaEm('linux', {}, 'xterm')).toBeUndefined();
});
