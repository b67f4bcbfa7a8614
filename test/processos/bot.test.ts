import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { conteudos, lerAte, montarRoda } from '../unidade/cliente/biblioteca/apoio.ts';

const BOT = join(RAIZ, '.build', 'scripts', 'exemplos', 'bot-eco.js');
const { sistema, conectarComo } = montarRoda();

test('o bot usa o pacote pelo nome, repete o que se pede, e sai quando se manda', async () => {
  const filho = spawn(process.execPath, [BOT, '--binder', sistema().binder.url]);
  let escrito = '';
  for (const saida of [filho.stdout, filho.stderr]) saida.on('data', (pedaco) => (escrito += pedaco));
  const fim = new Promise((resolve) => filho.once('exit', (status, sinal) => resolve(status ?? sinal)));
  try {
    await ate(() => escrito.includes('Eco está na sala Geral.'), `o bot na sala: ${escrito}`);
    const pedro = await conectarComo('Pedro');
    const maria = await conectarComo('Maria');
    await pedro.enviar('nada a repetir');
    await pedro.enviar('!eco olá, mundo');
    await pedro.enviar('!eco em segredo', { para: 'Eco' });
    const lidas = await lerAte(pedro, ({ origem, destino }) => origem === 'Eco' && destino === 'Pedro');
    const doBot = lidas.filter(({ origem }) => origem === 'Eco');
    expect(doBot.map(({ conteudo, tipo }) => [conteudo, tipo])).toEqual([
      ['olá, mundo', 'broadcast'],
      ['em segredo', 'unicast'],
    ]);
    filho.kill('SIGTERM');
    expect(await fim).toBe(0);
    const vistas = await lerAte(maria, ({ conteudo }) => conteudo === 'Eco saiu da sala.');
    expect(conteudos(vistas)).toEqual(['nada a repetir', '!eco olá, mundo', 'olá, mundo']);
  } finally {
    filho.kill('SIGKILL');
  }
});

test.skipIf(process.platform === 'win32')('o terminal que se fecha também encerra o bot', async () => {
  const filho = spawn(process.execPath, [BOT, '--nome', 'Outro', '--binder', sistema().binder.url]);
  let escrito = '';
  for (const saida of [filho.stdout, filho.stderr]) saida.on('data', (pedaco) => (escrito += pedaco));
  const fim = new Promise((resolve) => filho.once('exit', (status, sinal) => resolve(status ?? sinal)));
  try {
    await ate(() => escrito.includes('Outro está na sala Geral.'), `o bot na sala: ${escrito}`);
    filho.kill('SIGHUP');
    expect(await fim).toBe(0);
  } finally {
    filho.kill('SIGKILL');
  }
});
