import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { lerComum } from '../../../../scripts/lancador/arquivo-comum.js';
import { comSegredo } from '../../../../scripts/lancador/processos/segredo.js';
import { porFifo } from '../../../suporte/fifo.ts';

const NAO_E_COMUM = { name: 'Falha', message: expect.stringMatching(/ não é um arquivo comum$/) };

test('um arquivo se lê, e o que não há é dito', () => {
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'arquivo');
  expect(() => lerComum(arquivo)).toThrow(/ENOENT/);
  writeFileSync(arquivo, 'texto');
  expect(lerComum(arquivo)).toBe('texto');
});

test('uma pasta é recusada numa linha', () => {
  using pasta = pastaTemporaria();
  expect(() => lerComum(pasta.caminho)).toThrow(expect.objectContaining(NAO_E_COMUM));
});

test.skipIf(process.platform === 'win32')('um segredo que é um fifo é recusado, e não se espera por ele', () => {
  using pasta = pastaTemporaria();
  using _ = porFifo(join(pasta.caminho, 'segredo'), 'de outra pessoa');
  expect(() => comSegredo({}, pasta.caminho)).toThrow(expect.objectContaining(NAO_E_COMUM));
});
