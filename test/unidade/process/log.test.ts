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
