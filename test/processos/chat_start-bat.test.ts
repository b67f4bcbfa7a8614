/** Sem um Windows à mão, o que se pode conferir de chat_start.bat: a forma, os caminhos, os rótulos e os comandos. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RAIZ } from '../../scripts/comum/raiz.ts';

const texto = readFileSync(join(RAIZ, 'chat_start.bat'), 'latin1');
const linhas = texto.split('\r\n');
const exigido = /(\d+)\.(\d+)/.exec(JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8')).engines.node);

const COMANDOS = ['@echo', 'rem', 'setlocal', 'where', 'if', 'set', 'for', 'goto', 'node', 'exit', 'echo', ')'];

describe('chat_start.bat', () => {
  test('tem CRLF em toda linha, e só ASCII, que nenhuma code page muda', () => {
    expect(texto.endsWith('\r\n')).toBe(true);
    expect(linhas.filter((linha) => /[\r\n]|[^ -~]/.test(linha))).toEqual([]);
  });

  test('só usa comandos conhecidos', () => {
    const usados = linhas
      .filter((linha) => linha !== '' && !linha.startsWith(':'))
      .map((linha) => linha.trim().split(' ')[0]);
    expect(usados.filter((comando) => !COMANDOS.includes(comando as string))).toEqual([]);
  });

  test('todo rótulo a que vai existe, e nenhum sobra', () => {
    const destinos = [...texto.matchAll(/goto (\w+)/g)].map(([, rotulo]) => rotulo);
    const rotulos = linhas.filter((linha) => linha.startsWith(':')).map((linha) => linha.slice(1));
    expect([...new Set(destinos)].sort()).toEqual(rotulos.sort());
  });

  test('os parênteses e as aspas fecham', () => {
    const codigo = linhas.filter((linha) => !/^\s*(rem|echo) /.test(linha)).join('\n');
    expect(codigo.split('(').length).toBe(codigo.split(')').length);
    for (const linha of linhas) expect(linha.split('"').length % 2).toBe(1);
  });

  test('todo caminho que nomeia existe, a partir da pasta dele e não de onde se está', () => {
    const caminhos = [...texto.matchAll(/"%~dp0([^"]+)"/g)].map(([, caminho]) =>
      (caminho as string).replaceAll('\\', '/'),
    );
    expect(caminhos).toEqual(['scripts/iniciar.js']);
    for (const caminho of caminhos) expect(existsSync(join(RAIZ, caminho))).toBe(true);
  });

  test('passa todos os argumentos e o status de saída', () => {
    const chamada = linhas.findIndex((linha) => linha.startsWith('node '));
    expect(linhas[chamada]).toBe('node "%~dp0scripts\\iniciar.js" %*');
    expect(linhas[chamada + 1]).toBe('exit /b %ERRORLEVEL%');
  });

  test('exige a versão do Node.js que package.json exige, e chat_start.sh também', () => {
    const [inteira, maior, menor] = exigido as RegExpExecArray;
    expect(texto).toContain(`if %MAIOR% LSS ${maior} goto node_antigo`);
    expect(texto).toContain(`if %MAIOR% GTR ${maior} goto iniciar`);
    expect(texto).toContain(`if %MENOR% LSS ${menor} goto node_antigo`);
    for (const linha of linhas.filter((linha) => linha.startsWith('echo '))) expect(linha).toContain(inteira);
    expect(readFileSync(join(RAIZ, 'chat_start.sh'), 'utf8')).toContain(`exigido=${inteira}\n`);
  });

  test('escreve o que impede de começar na saída de erro, e termina com status 1', () => {
    const queixas = linhas.filter((linha) => linha.startsWith('echo '));
    expect(queixas).toHaveLength(2);
    for (const queixa of queixas) {
      expect(queixa).toMatch(/ 1>&2$/);
      expect(linhas[linhas.indexOf(queixa) + 1]).toBe('exit /b 1');
    }
  });
});
