/** Como se abre uma janela de terminal em cada sistema. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Abridor
 * @property {string} nome
 * @property {(titulo: string, comando: readonly string[]) => string[]} linha o programa e os argumentos dele
 */

/**
 * Os do Linux, do que quem usa escolheu para o que costuma haver.
 * @type {readonly (Abridor & { programa: string })[]}
 */
const DO_LINUX = [
  aCadaArgumento('x-terminal-emulator', '-e'),
  aCadaArgumento('gnome-terminal', '--wait', '--'),
  aCadaArgumento('konsole', '-e'),
  aCadaArgumento('xfce4-terminal', '-x'),
  aCadaArgumento('kitty', '--detach'),
  aCadaArgumento('alacritty', '-e'),
  aCadaArgumento('xterm', '-e'),
].map((um) => ({ ...um, linha: (titulo, comando) => ['setsid', '--fork', ...um.linha(titulo, comando)] }));

/** @type {Abridor} */
const TMUX = {
  nome: 'tmux',
  linha: (titulo, comando) => ['tmux', 'new-window', '-d', '-c', process.cwd(), '-n', titulo, ...comando],
};

/** @type {Abridor} */
const WINDOWS_TERMINAL = {
  nome: 'Windows Terminal',
  linha: (titulo, comando) => ['wt.exe', 'new-tab', '--title', titulo, ...comando],
};

/** Na linha do `start`, o primeiro texto entre aspas é o título. @type {Abridor} */
const START = { nome: 'start', linha: (titulo, comando) => ['cmd.exe', '/d', '/c', 'start', titulo, ...comando] };

/** @type {Abridor} */
const TERMINAL_APP = {
  nome: 'Terminal',
  linha: (_, comando) => {
    const doShell = comando.map((parte) => `'${parte.replaceAll("'", "'\\''")}'`).join(' ');
    const doAppleScript = doShell.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return ['osascript', '-e', `tell application "Terminal" to do script "${doAppleScript}"`];
  },
};

/**
 * @param {string} programa
 * @param {...string} antes do comando, que vai um argumento por vez
 * @returns {Abridor & { programa: string }}
 */
function aCadaArgumento(programa, ...antes) {
  return { nome: programa, programa, linha: (_, comando) => [programa, ...antes, ...comando] };
}

/**
 * @param {{ sistema?: string, ambiente?: NodeJS.ProcessEnv, existe?: (programa: string) => boolean }} [onde]
 * @returns {Abridor | undefined} `undefined` se não há como
 */
export function abridorDeJanelas({ sistema = process.platform, ambiente = process.env, existe = estaNoPath } = {}) {
  if (ambiente['TMUX']) return TMUX;
  if (sistema === 'win32') return existe('wt.exe') ? WINDOWS_TERMINAL : START;
  if (sistema === 'darwin') return TERMINAL_APP;
  if (!ambiente['DISPLAY'] && !ambiente['WAYLAND_DISPLAY']) return undefined;
  return DO_LINUX.find(({ programa }) => existe(programa));
}

/** @param {string} programa */
function estaNoPath(programa) {
  return (process.env['PATH'] ?? '').split(delimiter).some((pasta) => {
    try {
      accessSync(join(pasta, programa), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
