import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { iniciarSistema, type Sistema } from '../../suporte/processos/processos.ts';
import { abrirComando, abrirSala, CLIENTE, EM_LINHA, linhasDe, unico } from './apoio.ts';

let sistema: Sistema;
let binder: readonly string[];
beforeAll(async () => {
  sistema = await iniciarSistema({ argumentos: SEM_LIMITES });
  binder = ['--binder', sistema.binder.url];
});
afterAll(async () => {
  await sistema[Symbol.asyncDispose]();
});

const BIBLIOTECA = join(RAIZ, 'dist', 'cliente', 'biblioteca', 'biblioteca.js');

/** Os arquivos que um processo carregou: o V8 os diz quando ele sai, venham de `import` ou de `require`. */
function carregadosPor(arquivo: string, argumentos: readonly string[]): string[] {
  using pasta = pastaTemporaria();
  const { status, stderr } = spawnSync(process.execPath, [arquivo, ...argumentos], {
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: pasta.caminho },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return readdirSync(pasta.caminho)
    .map((nome) => JSON.parse(readFileSync(join(pasta.caminho, nome), 'utf8')) as { result: { url: string }[] })
    .flatMap(({ result }) => result.map(({ url }) => url));
}

test.each([
  ['um subcomando', CLIENTE, () => ['salas', ...binder]],
  ['a biblioteca', BIBLIOTECA, () => []],
])('quem nada pergunta não carrega o inquirer: %s', (_quem, arquivo, argumentos) => {
  const urls = carregadosPor(arquivo, argumentos());
  expect(urls).toContain(pathToFileURL(arquivo).href);
  expect(urls.filter((url) => url.includes('inquirer'))).toEqual([]);
});

describe('enviar', () => {
  test.skipIf(process.platform === 'win32')(
    'uma entrada que não se pode ler, como uma pasta, é uma falha',
    async () => {
      const { sala, ana } = await abrirSala(sistema.binder.url);
      const pasta = openSync(tmpdir(), 'r');
      const filho = spawn(process.execPath, [CLIENTE, 'enviar', sala, ...binder], { stdio: [pasta, 'pipe', 'pipe'] });
      closeSync(pasta);
      const [erros, [status]] = await Promise.all([text(filho.stderr as Readable), once(filho, 'close')]);
      expect([status, erros]).toEqual([2, 'chat-cliente: não foi possível ler a entrada (EISDIR)\n']);
      await ana.close();
    },
  );
});

describe('ouvir', () => {
  test('só o que é novo, até um sinal, que o termina com 0 e libera o nome', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    await ana.enviar('antes');
    const nome = unico('Ouvinte');
    await using comando = abrirComando(['ouvir', sala, ...binder, '--nome', nome]);
    await ate(async () => (await ana.usuarios()).includes(nome), 'o ouvinte na sala');
    await ana.enviar('depois');
    await ana.enviar('em segredo', { para: nome });
    await ate(() => comando.saida().includes('em segredo'), 'o que se ouviu');
    comando.sinal('SIGINT');
    const { status, saida, erros } = await comando.fim;
    expect([status, erros]).toEqual([0, '']);
    expect(linhasDe(saida).map((linha) => linha.replace(EM_LINHA, ''))).toEqual([
      `${ana.nome}: depois`,
      `${ana.nome} -> ${nome}: em segredo`,
    ]);
    expect(await ana.usuarios()).not.toContain(nome);
    await ana.close();
  });

  test('quem fecha a saída o termina com 0', async () => {
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const nome = unico('Ouvinte');
    await using comando = abrirComando(['ouvir', sala, ...binder, '--nome', nome]);
    await ate(async () => (await ana.usuarios()).includes(nome), 'o ouvinte na sala');
    comando.fecharSaida();
    await ana.enviar('para ninguém');
    const { status, erros } = await comando.fim;
    expect([status, erros]).toEqual([0, '']);
    await ana.close();
  });
});

describe('o status diz o desfecho', () => {
  test('2 quando o texto dado tem bytes que não são UTF-8', async () => {
    if (process.platform !== 'linux') return;
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `exec "$@" "$(printf 'ma\\347\\343')"`, 'sh', process.execPath, CLIENTE, 'enviar', 'Sala', ...binder],
      { encoding: 'utf8' },
    );
    const motivo = 'o texto tem bytes que não são UTF-8; se o texto tem mesmo U+FFFD, dê-o pela entrada padrão';
    expect([status, stderr]).toEqual([2, `chat-cliente: ${motivo}\n`]);
  });

  test('1 quando a saída não se pode escrever', async () => {
    if (process.platform !== 'linux') return;
    const { sala, ana } = await abrirSala(sistema.binder.url);
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, CLIENTE, 'usuarios', sala, ...binder],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([1, 'chat-cliente: não foi possível escrever na saída (ENOSPC)\n']);
    await ana.close();
  });
});
