import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { SHELLS } from '../../../src/cliente/subcomandos/completar-shell.ts';
import { SUBCOMANDOS, TODAS_AS_OPCOES } from '../../../src/cliente/subcomandos/subcomandos.ts';
import { rodarComandoLocal } from '../../suporte/local/comando-local.ts';

function existe(shell: string): boolean {
  return process.platform !== 'win32' && spawnSync(shell, ['--version']).status === 0;
}

/** O que o bash ofereceria depois destas palavras, a última incompleta. */
function oferecidas(...palavras: string[]): string[] {
  const roteiro = `
    eval "$SCRIPT"
    COMP_WORDS=(chat-cliente "$@"); COMP_CWORD=$#
    _chat_cliente
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const { stdout, stderr } = spawnSync('bash', ['-c', roteiro, 'bash', ...palavras], {
    env: { ...process.env, SCRIPT: SHELLS['bash']?.() },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((palavra) => palavra !== '');
}

test('cada script nomeia todos os subcomandos e todas as opções', () => {
  for (const [shell, script] of Object.entries(SHELLS)) {
    const texto = script();
    for (const nome of Object.keys(SUBCOMANDOS))
      expect(texto, `${nome} em ${shell}`).toMatch(new RegExp(`\\b${nome}\\b`));
    const antes = shell === 'fish' ? '-l ' : '--';
    for (const nome of Object.keys(TODAS_AS_OPCOES)) expect(texto, `${nome} em ${shell}`).toContain(antes + nome);
  }
});

describe.runIf(existe('bash'))('no bash', () => {
  test('oferece os subcomandos e as opções da conversa; depois, só o que serve ao subcomando', () => {
    expect(oferecidas('')).toEqual(expect.arrayContaining([...Object.keys(SUBCOMANDOS), '--nome', '--sala']));
    expect(oferecidas('e')).toEqual(['enviar']);
    expect(oferecidas('--j')).toEqual([]);
    expect(oferecidas('enviar', 'Geral', '--')).toEqual([
      '--json',
      '--nome',
      '--para',
      '--criar',
      '--binder',
      '--tls-ca',
      '--rastro',
      '--no-color',
      '--help',
    ]);
    expect(oferecidas('--binder', 'http://localhost:1', 'ouvir', '--h')).toEqual(['--historico', '--help']);
    expect(oferecidas('salas', '--p')).toEqual([]);
    expect(oferecidas('completar', 'z')).toEqual(['zsh']);
  });

  test('acha o subcomando também onde o bash parte as palavras', () => {
    expect(oferecidas('--binder', 'http', ':', '//x', ':', '5000', '--nome', '=', 'Ana', 'sa')).toEqual(['salas']);
    expect(oferecidas('--binder', 'http', ':', '//x')).toEqual([]);
    expect(oferecidas('--tls-ca', '=', 'package.j')).toEqual(['package.json']);
  });

  test('não inventa o valor de uma opção, a menos que seja um arquivo', () => {
    expect(oferecidas('enviar', '--nome', '')).toEqual([]);
    expect(oferecidas('--tls-ca', 'package.j')).toEqual(['package.json']);
  });
});

/** A linha com que o zsh fica depois de Tab, num terminal de mentira. */
function concluida(linha: string): string {
  const roteiro = `
    zmodload zsh/zpty
    zpty terminal zsh -f -i
    zpty -w terminal 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$SCRIPT"'
    zpty -w terminal 'w() { zle complete-word; print -r -- "<\${BUFFER}>FIM" }; zle -N w; bindkey "^I" w; print PRON""TO'
    zpty -r terminal lixo '*PRONTO*'
    zpty -n -w terminal "$LINHA"$'\\t'
    zpty -r terminal saida '*>FIM*'
    print -r -- "$saida"
    zpty -d terminal
  `;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', roteiro], {
    timeout: 30_000,
    env: { ...process.env, TERM: 'dumb', SCRIPT: SHELLS['zsh']?.(), LINHA: linha },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return /<([^<>]*)>FIM/.exec(stdout)?.[1] ?? stdout;
}

test.runIf(existe('zsh'))('o zsh conclui subcomandos, valores e as opções que servem', () => {
  expect(concluida('chat-cliente sa')).toBe('chat-cliente salas ');
  expect(concluida('chat-cliente --nome Ana --binder http://x:1 pro')).toMatch(/ procedimentos $/);
  expect(concluida('chat-cliente enviar Geral --p')).toBe('chat-cliente enviar Geral --para ');
  expect(concluida('chat-cliente salas --p')).toBe('chat-cliente salas --p');
  expect(concluida('chat-cliente --js')).toBe('chat-cliente --js');
  expect(concluida('chat-cliente completar z')).toBe('chat-cliente completar zsh ');
});

/** O que o fish ofereceria, sem as descrições. */
function candidatas(linha: string): string[] {
  const { stdout, stderr } = spawnSync('fish', ['-N', '-c', 'echo "$SCRIPT" | source; complete -C "$LINHA"'], {
    env: { ...process.env, SCRIPT: SHELLS['fish']?.(), LINHA: linha },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((candidata) => candidata.split('\t')[0] || []);
}

test.runIf(existe('fish'))('o fish oferece subcomandos, valores e as opções que servem', () => {
  expect(candidatas('chat-cliente ')).toEqual([...Object.keys(SUBCOMANDOS)].sort());
  expect(candidatas('chat-cliente --nome Ana s')).toEqual(['salas']);
  expect(candidatas('chat-cliente enviar Geral --p')).toEqual(['--para']);
  expect(candidatas('chat-cliente salas --p')).toEqual([]);
  expect(candidatas('chat-cliente --js')).toEqual([]);
  expect(candidatas('chat-cliente completar ')).toEqual(['bash', 'fish', 'zsh']);
});

test('o comando escreve o script, e recusa um shell que não conhece', async () => {
  const [zsh, outro] = await Promise.all([
    rodarComandoLocal(['completar', 'zsh']),
    rodarComandoLocal(['completar', 'tcsh']),
  ]);
  expect(zsh).toEqual({ status: 0, saida: SHELLS['zsh']?.(), erros: '' });
  expect(outro).toMatchObject({ status: 2, saida: '' });
  expect(outro.erros).toContain('bash, zsh, fish');
});
