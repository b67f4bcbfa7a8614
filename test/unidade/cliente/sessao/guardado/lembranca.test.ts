import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import { Lembranca } from '../../../../../src/cliente/sessao/guardado/lembranca.ts';
import { porFifo } from '../../../../suporte/fifo.ts';

const NADA = {
  nome: undefined,
  quandoTocar: 'mencao',
  semMovimento: false,
  semHora: false,
  ignorados: [],
  enviadas: [],
};

test('o que se guarda se lembra da outra vez, e só o dono o lê', () => {
  using pasta = pastaTemporaria();
  const onde = join(pasta.caminho, 'estado');
  new Lembranca(onde).guardar({ nome: 'Ana', quandoTocar: 'off' });
  new Lembranca(onde).guardar({ enviadas: ['oi'], ignorados: ['Rui'], semHora: true });
  expect(new Lembranca(onde).ler()).toEqual({
    ...NADA,
    nome: 'Ana',
    quandoTocar: 'off',
    semHora: true,
    ignorados: ['Rui'],
    enviadas: ['oi'],
  });
  const arquivos = readdirSync(onde);
  expect(arquivos).toEqual(['lembranca.json']);
  if (process.platform !== 'win32') expect(statSync(join(onde, arquivos[0] ?? '')).mode & 0o777).toBe(0o600);
});

test('das linhas enviadas ficam as últimas 100, e nenhuma comprida', () => {
  using pasta = pastaTemporaria();
  const lembranca = new Lembranca(pasta.caminho);
  lembranca.guardar({ enviadas: [...Array.from({ length: 150 }, (_, n) => `linha ${n}`), 'x'.repeat(501)] });
  const { enviadas } = lembranca.ler();
  expect([enviadas.length, enviadas[0], enviadas.at(-1)]).toEqual([100, 'linha 50', 'linha 149']);
});

test.each(['{', 'null', '[1]', '{"nome":3,"quandoTocar":"já","ignorados":[4],"enviadas":"x"}'])(
  'de um arquivo com %s nada se lembra',
  (texto) => {
    using pasta = pastaTemporaria();
    writeFileSync(join(pasta.caminho, 'lembranca.json'), texto);
    expect(new Lembranca(pasta.caminho).ler()).toEqual(NADA);
  },
);

test('sem lugar em que escrever, nada se lembra, e nada falha', () => {
  new Lembranca(undefined).guardar({ nome: 'Ana' });
  expect(new Lembranca(undefined).ler()).toEqual(NADA);
  using pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'arquivo');
  writeFileSync(arquivo, '');
  chmodSync(arquivo, 0o600);
  new Lembranca(arquivo).guardar({ nome: 'Ana' });
  expect(new Lembranca(arquivo).ler()).toEqual(NADA);
});

test.skipIf(process.platform === 'win32')(
  'de um fifo nada se lembra, nem se espera por quem está do outro lado',
  () => {
    using pasta = pastaTemporaria();
    using _ = porFifo(join(pasta.caminho, 'lembranca.json'), '{"nome":"Ana"}');
    expect(new Lembranca(pasta.caminho).ler()).toEqual(NADA);
  },
);
