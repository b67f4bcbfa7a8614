import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { pastaDeEstado, SessoesGuardadas } from '../../../../src/cliente/sessao/sessoes-guardadas.ts';

const BINDER = 'http://localhost:5000';
/** Maior que qualquer número que o sistema dê. */
const MORTO = 2 ** 30;
const PEDRO = { nome: 'Pedro', token: 'token-de-pedro', sala: 'Geral' };

test.each([
  ['linux', { XDG_STATE_HOME: '/estado' }, join('/estado', 'chat-system-distribuido')],
  ['linux', {}, join(homedir(), '.local', 'state', 'chat-system-distribuido')],
  ['darwin', {}, join(homedir(), 'Library', 'Application Support', 'chat-system-distribuido')],
  ['win32', { LOCALAPPDATA: 'L' }, join('L', 'chat-system-distribuido')],
] as const)('em %s com %j, o estado fica onde o sistema o quer', (plataforma, ambiente, pasta) => {
  expect(pastaDeEstado(ambiente, plataforma)).toBe(pasta);
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

/** Como se o dono tivesse sido morto. */
function envelhecer(pasta: string): void {
  const sessoes = join(pasta, 'sessoes');
  for (const arquivo of readdirSync(sessoes)) {
    const guardada = JSON.parse(readFileSync(join(sessoes, arquivo), 'utf8'));
    const dono = { pid: MORTO, inicio: guardada.dono.inicio };
    writeFileSync(join(sessoes, arquivo), JSON.stringify({ ...guardada, dono }));
  }
}

test('a de um processo que morreu está livre, e só um a toma', () => {
  using pasta = pastaTemporaria();
  const minhas = new SessoesGuardadas(BINDER, pasta.caminho);
  minhas.guardar(PEDRO);
  envelhecer(pasta.caminho);
  expect(minhas.livres().map(({ nome }) => nome)).toEqual(['Pedro']);
  const primeira = new SessoesGuardadas(BINDER, pasta.caminho);
  expect(primeira.tomar('PEDRO')).toMatchObject(PEDRO);
  expect(new SessoesGuardadas(BINDER, pasta.caminho).tomar('Pedro')).toBeUndefined();
  primeira.esquecer();
  expect(new SessoesGuardadas(BINDER, pasta.caminho).livres()).toEqual([]);
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
