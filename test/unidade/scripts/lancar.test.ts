import { expect, test } from 'vitest';
import { faltaNoChangelog, faltaNoGit, faltaNoLock, sobraNosScripts } from '../../../scripts/lancar/conferencias.ts';

const CHANGELOG = '# Mudanças\n\nO formato.\n\n## 1.2.0\n\n- Algo.\n\n## 1.1.0\n\n- Outro.\n';

test('o changelog tem de contar a versão, e não pode ter o que ainda não tem versão', () => {
  expect(faltaNoChangelog(CHANGELOG, '1.2.0')).toBeUndefined();
  expect(faltaNoChangelog(CHANGELOG, '1.3.0')).toBe('o CHANGELOG.md não conta o que mudou na 1.3.0');
  expect(faltaNoChangelog(CHANGELOG.replace('- Algo.\n', ''), '1.2.0')).toMatch(/não conta/);
  const comSobra = CHANGELOG.replace('## 1.2.0', '## Ainda não lançada\n\n- Mais.\n\n## 1.2.0');
  expect(faltaNoChangelog(comSobra, '1.2.0')).toMatch(/ainda tem mudanças em "Ainda não lançada"/);
  expect(faltaNoChangelog(comSobra.replace('- Mais.\n', ''), '1.2.0')).toBeUndefined();
});

test('o lock tem de ser da mesma versão, e não diz de onde nada se baixou', () => {
  const lock = { version: '1.2.0', packages: { 'node_modules/a': { version: '1.0.0' } } };
  expect(faltaNoLock(lock, '1.2.0')).toBeUndefined();
  expect(faltaNoLock(lock, '1.3.0')).toMatch(/é da 1\.2\.0/);
  const comEndereco = { ...lock, packages: { 'node_modules/a': { resolved: 'https://exemplo.org/a.tgz' } } };
  expect(faltaNoLock(comEndereco, '1.2.0')).toBe('o package-lock.json diz de onde se baixaram 1 pacotes');
});

test.each(['preinstall', 'install', 'postinstall', 'prepare'])('um %s não vai no pacote', (script) => {
  const pacote = { name: 'a', version: '1.0.0', scripts: { build: 'x' } };
  expect(sobraNosScripts(pacote)).toBeUndefined();
  const falta = sobraNosScripts({ ...pacote, scripts: { ...pacote.scripts, [script]: 'x' } });
  expect(falta).toBe(`o pacote rodaria ${script} na máquina de quem o instala`);
});

test('tudo tem de estar num commit, e a versão tem de ser nova', () => {
  expect(faltaNoGit('', 'v1.0.0\nv1.1.0\n', '1.2.0')).toBeUndefined();
  expect(faltaNoGit(' M README.md\n', '', '1.2.0')).toMatch(/num commit:\n M README\.md$/);
  expect(faltaNoGit('', 'v1.0.0\nv1.2.0\n', '1.2.0')).toMatch(/já existe/);
});
