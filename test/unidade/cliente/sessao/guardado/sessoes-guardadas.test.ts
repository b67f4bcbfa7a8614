import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import { pastaDeEstado, SessoesGuardadas } from '../../../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { MORTO, trocarDono } from '../../../../suporte/dono-da-sessao.ts';
import { porFifo } from '../../../../suporte/fifo.ts';

const BINDER = 'http://localhost:5000';
const PEDRO = { nome: 'Pedro', token: 'token-de-pedro', sala: 'Geral' };

const NOME = 'chat-system-distribuido';
const DE_ANA = join('/casa/ana', '.local', 'state', NOME);

test.each([
  ['linux', { XDG_STATE_HOME: '/estado' }, '/casa/ana', join('/estado', NOME)],
  ['linux', {}, '/casa/ana', DE_ANA],
  ['linux', { XDG_STATE_HOME: 'estado' }, '/casa/ana', DE_ANA],
  ['linux', { XDG_STATE_HOME: '' }, '/casa/ana', DE_ANA],
  ['darwin', {}, '/casa/ana', join('/casa/ana', 'Library', 'Application Support', NOME)],
  ['win32', { LOCALAPPDATA: 'C:\\L' }, 'C:\\Ana', join('C:\\L', NOME)],
  ['win32', {}, 'C:\\Ana', join('C:\\Ana', 'AppData', 'Local', NOME)],
] as const)('em %s com %j e a casa em %s, o estado fica onde o sistema o quer', (plataforma, ambiente, casa, pasta) => {
  expect(pastaDeEstado(ambiente, plataforma, () => casa)).toBe(pasta);
});

test.each([
  ['vazia', () => ''],
  ['relativa', () => 'ana'],
  [
    'que não há',
    () => {
      throw new Error('ENOENT');
    },
  ],
])('com uma casa %s, não há onde guardar: nada cai na pasta em que se está', (_, casa) => {
  expect(pastaDeEstado({}, 'linux', casa)).toBeUndefined();
});

test('sem lugar, nada se guarda, e a conversa segue', () => {
  const sessoes = new SessoesGuardadas(
    BINDER,
    pastaDeEstado({}, 'linux', () => ''),
  );
  sessoes.guardar(PEDRO);
  expect(sessoes.livres()).toEqual([]);
  expect(sessoes.tomar('Pedro')).toBeUndefined();
  sessoes.esquecer();
});

test('a de um processo vivo não se vê nem se toma; a de outro binder também não', () => {
  using pasta = pastaTemporaria();
  const minhas = new SessoesGuardadas(BINDER, pasta.caminho);
  minhas.guardar(PEDRO);
  const outras = new SessoesGuardadas(BINDER, pasta.caminho);
  expect(outras.livres()).toEqual([]);
  expect(outras.tomar('Pedro')).toBeUndefined();
  expect(new SessoesGuardadas('http://outro:5000', pasta.caminho).livres()).toEqual([]);
});

test('a de um processo que morreu está livre, e só um a toma', () => {
  using pasta = pastaTemporaria();
  const minhas = new SessoesGuardadas(BINDER, pasta.caminho);
  minhas.guardar(PEDRO);
  trocarDono(pasta.caminho);
  expect(minhas.livres().map(({ nome }) => nome)).toEqual(['Pedro']);
  const primeira = new SessoesGuardadas(BINDER, pasta.caminho);
  expect(primeira.tomar('PEDRO')).toMatchObject(PEDRO);
  expect(new SessoesGuardadas(BINDER, pasta.caminho).tomar('Pedro')).toBeUndefined();
  primeira.esquecer();
  expect(new SessoesGuardadas(BINDER, pasta.caminho).livres()).toEqual([]);
});

describe('o dono de uma sessão', () => {
  const livresSe = (outro: object) => {
    using pasta = pastaTemporaria();
    new SessoesGuardadas(BINDER, pasta.caminho).guardar(PEDRO);
    trocarDono(pasta.caminho, outro);
    return new SessoesGuardadas(BINDER, pasta.caminho).livres().map(({ nome }) => nome);
  };

  test('de outra máquina que divide a pasta pode estar vivo, mesmo que aqui ninguém tenha o número dele', () => {
    expect(livresSe({ maquina: 'outra', pid: MORTO })).toEqual([]);
  });

  test('de antes de a máquina ser ligada de novo morreu, mesmo que outro tenha agora o número dele', () => {
    expect(livresSe({ boot: 'outro' })).toEqual(['Pedro']);
  });

  test('cujo número passou a outro processo morreu', () => {
    expect(livresSe({ inicio: '1' })).toEqual(process.platform === 'linux' ? ['Pedro'] : []);
  });

  test('que não se entende não é de ninguém que se retome', () => {
    expect(livresSe({ maquina: 7, pid: MORTO })).toEqual([]);
  });
});

test('um arquivo estragado, ou uma pasta em que não se escreve, não impedem nada', () => {
  using pasta = pastaTemporaria();
  const sessoes = join(pasta.caminho, 'sessoes');
  mkdirSync(sessoes);
  for (const [indice, texto] of ['', 'null', '{}', '{"binder":1}'].entries()) {
    writeFileSync(join(sessoes, `${indice}.json`), texto);
  }
  expect(new SessoesGuardadas(BINDER, pasta.caminho).livres()).toEqual([]);
  const semPasta = new SessoesGuardadas(BINDER, join(sessoes, '0.json'));
  semPasta.guardar(PEDRO);
  expect(semPasta.livres()).toEqual([]);
  semPasta.esquecer();
});

test.skipIf(process.platform === 'win32')(
  'um fifo não é uma sessão, e não se espera por quem está do outro lado',
  () => {
    using pasta = pastaTemporaria();
    new SessoesGuardadas(BINDER, pasta.caminho).guardar(PEDRO);
    trocarDono(pasta.caminho);
    const sessoes = join(pasta.caminho, 'sessoes');
    const arquivo = join(sessoes, readdirSync(sessoes)[0] ?? '');
    using _ = porFifo(arquivo, readFileSync(arquivo, 'utf8'));
    const outras = new SessoesGuardadas(BINDER, pasta.caminho);
    expect(outras.livres()).toEqual([]);
    expect(outras.tomar('Pedro')).toBeUndefined();
  },
);
