import { describe, expect, test } from 'vitest';
import { recursosDoTerminal } from '../../../../../src/cliente/terminal/tela/recursos.ts';

describe('o que cada terminal sabe, pelo ambiente', () => {
  test.each([
    ['desconhecido', { TERM: 'xterm-256color' }, false, 9],
    ['kitty', { TERM: 'xterm-kitty' }, true, 99],
    ['foot', { TERM: 'foot-extra' }, true, 777],
    ['urxvt', { TERM: 'rxvt-unicode-256color' }, false, 777],
    ['GNOME', { TERM: 'xterm-256color', VTE_VERSION: '7600' }, true, 777],
    ['um VTE antigo', { TERM: 'xterm-256color', VTE_VERSION: '4600' }, false, 777],
    ['iTerm2', { TERM_PROGRAM: 'iTerm.app' }, true, 9],
    ['WezTerm', { TERM_PROGRAM: 'WezTerm' }, true, 9],
    ['ConEmu', { ConEmuPID: '12' }, false, 9],
    ['Windows Terminal', { WT_SESSION: 'x' }, true, 777],
    ['tmux dentro do kitty', { TERM: 'tmux-256color', TMUX: '/tmp/x,1,0', KITTY_WINDOW_ID: '1' }, false, 9],
    ['screen dentro do GNOME', { TERM: 'screen', STY: '1.x', VTE_VERSION: '7600' }, false, 9],
    ['kitty com NO_COLOR', { TERM: 'xterm-kitty', NO_COLOR: '1' }, false, 99],
    ['dumb', { TERM: 'dumb', VTE_VERSION: '7600', FORCE_HYPERLINK: '1' }, false, 777],
    ['tmux, com links à força', { TERM: 'tmux-256color', TMUX: 'x', FORCE_HYPERLINK: '1' }, true, 9],
    ['kitty, sem links à força', { TERM: 'xterm-kitty', FORCE_HYPERLINK: '0' }, false, 99],
  ] as const)('%s', (_qual, ambiente, links, avisa) => {
    expect(recursosDoTerminal(ambiente)).toMatchObject({ links, avisa });
  });
});

test('a cor do fundo se pergunta a quem não escreveria a pergunta na tela', () => {
  expect(['xterm', 'tmux-256color', 'dumb', 'linux'].map((TERM) => recursosDoTerminal({ TERM }).dizFundo)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
