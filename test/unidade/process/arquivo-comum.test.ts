/** O que se lê de um caminho que alguém apontou. */

import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { lerComum, lerComumSync, situacaoDoComum, situacaoDoComumSync } from '../../../src/process/arquivo-comum.ts';

const NO_WINDOWS = process.platform === 'win32';
const RECUSADO = { name: 'NaoEArquivoComum' };

async function recusam(caminho: string): Promise<void> {
  for (const agir of [lerComum, situacaoDoComum]) await expect(agir(caminho)).rejects.toMatchObject(RECUSADO);
  for (const agir of [lerComumSync, situacaoDoComumSync]) {
    expect(() => agir(caminho)).toThrow(expect.objectContaining(RECUSADO));
  }
}

test('uma pasta é recusada', async () => {
  using pasta = pastaTemporaria();
  await recusam(pasta.caminho);
});

// Ler de um fifo sem ninguém do outro lado esperaria para sempre.
test.skipIf(NO_WINDOWS)('um fifo é recusado, e um dispositivo também; por um link, do mesmo modo', async () => {
  using pasta = pastaTemporaria();
  const [fifo, link] = [join(pasta.caminho, 'fifo'), join(pasta.caminho, 'link')];
  execFileSync('mkfifo', [fifo]);
  symlinkSync('/dev/null', link);
  for (const caminho of [fifo, link, '/dev/null']) await recusam(caminho);
});

test.skipIf(NO_WINDOWS)('um arquivo comum se lê, direto ou por um link', async () => {
  using pasta = pastaTemporaria();
  const [arquivo, link] = [join(pasta.caminho, 'arquivo'), join(pasta.caminho, 'link')];
  writeFileSync(arquivo, 'texto');
  symlinkSync(arquivo, link);
  for (const caminho of [arquivo, link]) {
    expect((await lerComum(caminho)).toString()).toBe('texto');
    expect(lerComumSync(caminho).toString()).toBe('texto');
  }
});

test('o que não há é dito ao ler, e não tem situação', async () => {
  using pasta = pastaTemporaria();
  const caminho = join(pasta.caminho, 'não há');
  await expect(lerComum(caminho)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(() => lerComumSync(caminho)).toThrow(/ENOENT/);
  expect(await situacaoDoComum(caminho)).toBeUndefined();
  expect(situacaoDoComumSync(caminho)).toBeUndefined();
});
