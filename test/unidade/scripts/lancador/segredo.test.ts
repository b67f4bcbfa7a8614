import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { lancar } from '../../../../scripts/comum/programa.ts';
import { comSegredo } from '../../../../scripts/lancador/processos/segredo.js';

test('sem um segredo da pessoa, sorteia um que só o dono lê, e o mesmo serve nas vezes seguintes', () => {
  using pasta = pastaTemporaria();
  const ambiente = { PATH: '/bin' };
  const { CHAT_SEGREDO, ...resto } = comSegredo(ambiente, pasta.caminho);
  expect(resto).toEqual(ambiente);
  expect(CHAT_SEGREDO).toMatch(/^[\w-]{43}$/);
  expect(comSegredo({}, pasta.caminho)['CHAT_SEGREDO']).toBe(CHAT_SEGREDO);
  const arquivo = join(pasta.caminho, 'segredo');
  expect(readFileSync(arquivo, 'utf8').trim()).toBe(CHAT_SEGREDO);
  if (process.platform !== 'win32') expect(statSync(arquivo).mode & 0o777).toBe(0o600);
});

test('os que iniciam no mesmo instante têm o mesmo', async () => {
  using pasta = pastaTemporaria();
  const { href } = new URL('../../../../scripts/lancador/processos/segredo.js', import.meta.url);
  const programa = `import { comSegredo } from '${href}';
    process.stdout.write('pronto\\n');
    process.stdin.once('data', () => {
      process.stdout.write(comSegredo({}, ${JSON.stringify(pasta.caminho)}).CHAT_SEGREDO);
      process.stdin.destroy();
    });`;
  const juntos = Array.from({ length: 4 }, () =>
    lancar([process.execPath, '--input-type=module', '-e', programa], { entrada: true }),
  );
  await ate(() => juntos.every(({ saida }) => saida().includes('pronto')), 'todos prontos');
  for (const { filho } of juntos) filho.stdin?.write('já');
  await Promise.all(juntos.map(({ lido }) => lido));
  const segredos = juntos.map(({ saida }) => saida().split('\n')[1]);
  expect(segredos[0]).toMatch(/^[\w-]{43}$/);
  expect(new Set(segredos).size).toBe(1);
  expect(readdirSync(pasta.caminho)).toEqual(['segredo']);
});

test('dois checkouts não têm o mesmo segredo', () => {
  using uma = pastaTemporaria();
  using outra = pastaTemporaria();
  expect(comSegredo({}, uma.caminho)['CHAT_SEGREDO']).not.toBe(comSegredo({}, outra.caminho)['CHAT_SEGREDO']);
});

test('o segredo que a pessoa deu vale, e nada se grava', () => {
  using pasta = pastaTemporaria();
  expect(comSegredo({ CHAT_SEGREDO: 'meu' }, pasta.caminho)).toEqual({ CHAT_SEGREDO: 'meu' });
  expect(() => statSync(join(pasta.caminho, 'segredo'))).toThrow(/ENOENT/);
});

test('um arquivo vazio, de quem encheu o disco, não é um segredo, e o novo também só o dono lê', () => {
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'segredo');
  writeFileSync(arquivo, '', { mode: 0o644 });
  expect(comSegredo({}, pasta.caminho)['CHAT_SEGREDO']).toMatch(/^[\w-]{43}$/);
  if (process.platform !== 'win32') expect(statSync(arquivo).mode & 0o777).toBe(0o600);
});
