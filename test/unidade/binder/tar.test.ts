import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { tar } from '../../../src/binder/tar.ts';

/** Um que não enche o bloco, um que o enche, um que passa dele, e um vazio. */
const ENTRADAS = [11, 512, 513, 0].map((bytes) => ({
  caminho: `package/de-${bytes}.txt`,
  conteudo: Buffer.alloc(bytes, 'á'),
}));

test('o tar do sistema lê cada arquivo como ele entrou', () => {
  using pasta = pastaTemporaria();
  writeFileSync(join(pasta.caminho, 'x.tar'), tar(ENTRADAS));
  const rodarTar = (...argumentos: string[]) => execFileSync('tar', argumentos, { cwd: pasta.caminho });
  expect(rodarTar('-tf', 'x.tar').toString().trim().split(/\r?\n/)).toEqual(ENTRADAS.map(({ caminho }) => caminho));
  for (const { caminho, conteudo } of ENTRADAS) expect(rodarTar('-xOf', 'x.tar', caminho).equals(conteudo)).toBe(true);
});

test('as mesmas entradas dão os mesmos bytes, em blocos de 512 com dois vazios no fim', () => {
  const bytes = tar(ENTRADAS);
  expect(tar(ENTRADAS).equals(bytes)).toBe(true);
  expect(bytes.length).toBe(512 * (4 + (1 + 1 + 2 + 0) + 2));
  expect(bytes.subarray(-1024).every((byte) => byte === 0)).toBe(true);
});

test.each(['', 'a b', 'sé.txt', 'x'.repeat(101)])('o caminho %j é recusado', (caminho) => {
  expect(() => tar([{ caminho, conteudo: Buffer.alloc(0) }])).toThrow(/não cabe num tar/);
});
