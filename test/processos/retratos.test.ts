import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';

const README = readFileSync(join(RAIZ, 'README.md'), 'utf8');
const GUARDADOS = readdirSync(join(RAIZ, '.github', 'retratos')).sort();

test('os retratos do README ainda se desenham, de uma sessão de verdade', async () => {
  using pasta = pastaTemporaria();
  await promisify(execFile)(process.execPath, [join(RAIZ, '.build', 'scripts', 'retratos', 'main.js'), pasta.caminho]);
  const desenhados = readdirSync(pasta.caminho).sort();
  expect(desenhados).toEqual(GUARDADOS.filter((arquivo) => /^[a-z]+\.svg$/.test(arquivo)));
  for (const arquivo of desenhados) expect(README).toContain(`(.github/retratos/${arquivo})`);
  const conversa = readFileSync(join(pasta.caminho, 'conversa.svg'), 'utf8');
  expect(conversa).toContain('Bom dia a todos!');
  // Uma mensagem privada, e a linha aberta com o que se digita.
  expect(conversa).toContain('-&gt;');
  expect(conversa).toContain('Digite a mensagem: @Maria obrigado!');
});

test('os da conversa em outras larguras estão onde o README do cliente os mostra', () => {
  const outros = GUARDADOS.filter((arquivo) => /^conversa-\d+-/.test(arquivo));
  expect(outros).toEqual(['conversa-200-solarized.svg', 'conversa-40-branco.svg', 'conversa-80-preto.svg']);
  const documento = readFileSync(join(RAIZ, 'src', 'cliente', 'README.md'), 'utf8');
  for (const arquivo of outros) expect(documento).toContain(`(../../.github/retratos/${arquivo})`);
});

test('os retratos da janela, que se tiram num navegador, estão onde o README os mostra', () => {
  const daJanela = GUARDADOS.filter((arquivo) => arquivo.startsWith('janela-'));
  expect(daJanela).toEqual(
    ['conversa', 'resposta-perdida', 'sem-chave', 'servidor-morto'].map((nome) => `janela-${nome}.jpg`),
  );
  const documentos = README + readFileSync(join(RAIZ, 'src', 'janela', 'README.md'), 'utf8');
  for (const arquivo of daJanela) expect(documentos).toContain(`.github/retratos/${arquivo})`);
});
