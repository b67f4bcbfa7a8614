import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { SHELLS } from '../../src/cliente/completar-shell.ts';
import { SUBCOMANDOS, TODAS_AS_OPCOES } from '../../src/cliente/subcomandos.ts';
import { rodarComando } from './apoio.ts';

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
      '--binder',
      '--tls-ca',
      '--help',
    ]);
    expect(oferecidas('--binder', 'http://localhost:1', 'ouvir', '--h')).toEqual(['--historico', '--help']);
    expect(oferecidas('salas', '--p')).toEqual([]);
    expect(oferecidas('completar', 'z')).toEqual(['zsh']);
  });

  test('não inventa o valor de uma opção, a menos que seja um arquivo', () => {
    expect(oferecidas('enviar', '--nome', '')).toEqual([]);
    expect(oferecidas('--tls-ca', 'package.j')).toEqual(['package.json']);
  });
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test.runIf(existe(shell))(`o ${shell} aceita o script`, () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: SHELLS[shell]?.() ?? '', encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
}

test('o comando escreve o script, e recusa um shell que não conhece', async () => {
  const [zsh, outro] = await Promise.all([rodarComando(['completar', 'zsh']), rodarComando(['completar', 'tcsh'])]);
  expect(zsh).toEqual({ status: 0, saida: SHELLS['zsh']?.(), erros: '' });
  expect(outro).toMatchObject({ status: 2, saida: '' });
  expect(outro.erros).toContain('bash, zsh, fish');
});
