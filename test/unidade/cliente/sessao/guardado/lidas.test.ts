import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import { Lidas } from '../../../../../src/cliente/sessao/guardado/lidas.ts';
import { agendaDeTeste } from '../../../../suporte/agenda.ts';
import { porFifo } from '../../../../suporte/fifo.ts';

const SO_DO_DONO = 0o600;

function abrir(pasta: string | undefined, binder = 'http://a') {
  const agenda = agendaDeTeste();
  return { agenda, lidas: new Lidas({ binder, agendar: agenda.agendar, pasta }) };
}

test('até onde se leu se lembra da outra vez, por pessoa, sala e binder, e só o dono o lê', () => {
  using pasta = pastaTemporaria();
  const onde = join(pasta.caminho, 'estado');
  const { lidas } = abrir(onde);
  lidas.marcar('Ana', 'Geral', 7);
  lidas.marcar('Ana', 'Geral', 9);
  lidas.marcar('Ana', 'Outra', 3);
  lidas.guardar();
  const { lidas: outra } = abrir(onde);
  expect([outra.de('ANA', 'geral'), outra.de('Ana', 'Outra'), outra.de('Ana', 'Nenhuma')]).toEqual([9, 3, undefined]);
  expect(outra.de('Rui', 'Geral')).toBeUndefined();
  expect(abrir(onde, 'http://b').lidas.de('Ana', 'Geral')).toBeUndefined();
  const [arquivo = '', ...mais] = readdirSync(onde);
  expect(mais).toEqual([]);
  if (process.platform !== 'win32') expect(statSync(join(onde, arquivo)).mode & 0o777).toBe(SO_DO_DONO);
});

test('muitas mensagens seguidas se escrevem uma vez só', () => {
  using pasta = pastaTemporaria();
  const { agenda, lidas } = abrir(pasta.caminho);
  for (let id = 1; id <= 500; id += 1) lidas.marcar('Ana', 'Geral', id);
  agenda.passar(999);
  expect(readdirSync(pasta.caminho)).toEqual([]);
  agenda.passar(1);
  expect(abrir(pasta.caminho).lidas.de('Ana', 'Geral')).toBe(500);
});

test('das salas só se lembram as últimas cem, e quem troca de nome não leva as suas', () => {
  using pasta = pastaTemporaria();
  const { lidas } = abrir(pasta.caminho);
  for (let sala = 0; sala < 101; sala += 1) lidas.marcar('Ana', `Sala ${sala}`, 1);
  expect([lidas.de('Ana', 'Sala 0'), lidas.de('Ana', 'Sala 1')]).toEqual([undefined, 1]);
  lidas.marcar('Rui', 'Geral', 5);
  expect([lidas.de('Ana', 'Geral'), lidas.de('Ana', 'Sala 100'), lidas.de('Rui', 'Geral')]).toEqual([undefined, 1, 5]);
});

test('um arquivo que não se entende, e uma pasta que não há, são como nada lido', () => {
  using pasta = pastaTemporaria();
  const { lidas } = abrir(pasta.caminho);
  lidas.marcar('Ana', 'Geral', 7);
  lidas.guardar();
  const [arquivo = ''] = readdirSync(pasta.caminho);
  for (const texto of ['{', '{}', '[1, ["geral", "x"], ["geral", -0.5]]']) {
    writeFileSync(join(pasta.caminho, arquivo), texto);
    expect(abrir(pasta.caminho).lidas.de('Ana', 'Geral')).toBeUndefined();
  }
  const { lidas: semPasta } = abrir(undefined);
  semPasta.marcar('Ana', 'Geral', 7);
  semPasta.guardar();
  expect(semPasta.de('Ana', 'Geral')).toBe(7);
});

test.skipIf(process.platform === 'win32')(
  'um fifo é como nada lido, e não se espera por quem está do outro lado',
  () => {
    using pasta = pastaTemporaria();
    const { lidas } = abrir(pasta.caminho);
    lidas.marcar('Ana', 'Geral', 7);
    lidas.guardar();
    const arquivo = join(pasta.caminho, readdirSync(pasta.caminho)[0] ?? '');
    using _ = porFifo(arquivo, readFileSync(arquivo, 'utf8'));
    expect(abrir(pasta.caminho).lidas.de('Ana', 'Geral')).toBeUndefined();
  },
);
