/** O exemplo em Python conversa com o sistema; só roda onde há um python3. */

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { conteudos, lerAte, montarRoda } from '../unidade/cliente/biblioteca/apoio.ts';

const CLIENTE = join(RAIZ, 'scripts', 'exemplos', 'cliente.py');
const semPython = spawnSync('python3', ['--version']).status !== 0;
const { sistema, conectarComo } = montarRoda();

function abrirCliente(...argumentos: string[]) {
  const filho = spawn('python3', [CLIENTE, ...argumentos], { env: { ...process.env, PYTHONIOENCODING: 'utf-8' } });
  const saida = { vista: '', erros: '' };
  filho.stdout.on('data', (pedaco) => (saida.vista += pedaco));
  filho.stderr.on('data', (pedaco) => (saida.erros += pedaco));
  const fim = new Promise((resolve) => filho.once('exit', resolve));
  return { filho, saida, fim, [Symbol.dispose]: () => void filho.kill('SIGKILL') };
}

test('o cliente em Python cabe em menos de 80 linhas', () => {
  expect(readFileSync(CLIENTE, 'utf8').trimEnd().split('\n').length).toBeLessThan(80);
});

test.skipIf(semPython)('com python3 na máquina, ele entra, lê tudo uma vez, fala, e sai', async () => {
  const pedro = await conectarComo('Pedro');
  await pedro.enviar('antes de você');
  using ana = abrirCliente('Ana', 'Geral', sistema().binder.url);
  await ate(() => ana.saida.vista.includes('SERVER: Ana entrou na sala.'), `a entrada: ${ana.saida.erros}`);
  expect(ana.saida.vista).toContain('Pedro: antes de você\n');
  await pedro.enviar('bom dia\u202e');
  await pedro.enviar('só a você', { para: 'Ana' });
  await ate(() => ana.saida.vista.includes('Pedro -> Ana: só a você\n'), 'a mensagem privada');
  expect(ana.saida.vista.match(/Pedro: bom dia\?\n/g)).toHaveLength(1);
  ana.filho.stdin.end('olá, Pedro\n\nação\n');
  const lidas = await lerAte(pedro, ({ conteudo }) => conteudo === 'Ana saiu da sala.');
  expect(conteudos(lidas.filter(({ origem }) => origem === 'Ana'))).toEqual(['olá, Pedro', 'ação']);
  expect(await ana.fim).toBe(0);
});

test.skipIf(semPython)('uma recusa é dita numa linha', async () => {
  await conectarComo('Pedro');
  using outro = abrirCliente('Pedro', 'Geral', sistema().binder.url);
  expect(await outro.fim).toBe(1);
  expect(outro.saida.erros).toMatch(/^cliente\.py: .+\n$/);
});
