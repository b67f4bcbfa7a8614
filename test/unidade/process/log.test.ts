import { expect, test } from 'vitest';
import { criarLog } from '../../../src/process/log.ts';

test('os campos de uma linha se leem, e o que um terminal obedeceria não chega cru', () => {
  const linhas: string[] = [];
  criarLog((linha) => linhas.push(linha)).erro('falha ao atender', {
    usuario: 'José',
    motivo: 'Não há\u001b[2J ninguém',
  });
  const [linha = '', ...outras] = linhas;
  expect(outras).toEqual([]);
  expect(linha).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z ERRO falha ao atender /);
  expect(linha).toContain(' usuario="José" motivo="Não há\\u001b[2J ninguém"\n');
});

test('em JSON, cada acontecimento é um objeto numa linha, que um terminal também não obedece', () => {
  const linhas: string[] = [];
  const log = criarLog((linha) => linhas.push(linha));
  log.info('antes');
  log.escreverEm('json');
  log.aviso('sem campos');
  log.erro('com campos', { motivo: 'uma\nquebra e \u001b[2J', nivel: 'INFO', mensagem: 'outra', hora: 7 });
  const [texto = '', ...emJson] = linhas;
  expect(texto).toMatch(/ INFO antes\n$/);
  expect(emJson.every((linha) => linha.indexOf('\n') === linha.length - 1 && !linha.includes('\u001b'))).toBe(true);
  const hora = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(emJson.map((linha) => JSON.parse(linha))).toEqual([
    { hora, nivel: 'AVISO', mensagem: 'sem campos' },
    { hora, nivel: 'ERRO', mensagem: 'com campos', motivo: 'uma\nquebra e \u001b[2J' },
  ]);
  // O que se procura primeiro vem primeiro.
  expect(Object.keys(JSON.parse(emJson[1] ?? ''))).toEqual(['hora', 'nivel', 'mensagem', 'motivo']);
});
