/** Seção 4 do contrato: o que a linha de comando e o ambiente de cada processo recusam, e como o dizem. */

import { describe, expect, test } from 'vitest';
import { OPCOES as OPCOES_DO_BINDER } from '../../src/binder/options.ts';
import { StartupError } from '../../src/process/lifecycle.ts';
import { lerOpcoes, lerSegredo, type OptionTable } from '../../src/process/opcoes/options.ts';
import { OPCOES as OPCOES_DO_SERVIDOR } from '../../src/server/options.ts';

const LINHA = { nome: 'processo', versao: '1', descricao: '' };

/** Uma recusa: um erro de partida numa linha só, com status diferente de 0. */
function esperarRecusa(
  tabela: OptionTable,
  oQueDiz: RegExp,
  argumentos: readonly string[],
  ambiente: NodeJS.ProcessEnv = {},
): void {
  let recusa: unknown;
  try {
    lerOpcoes(LINHA, tabela, argumentos, ambiente);
  } catch (erro) {
    recusa = erro;
  }
  expect(recusa).toBeInstanceOf(StartupError);
  const { message, status } = recusa as StartupError;
  expect(message).toMatch(oQueDiz);
  expect(message).not.toContain('\n');
  expect(status).toBeGreaterThan(0);
}

describe.each([
  ['binder', OPCOES_DO_BINDER, 'CHAT_PORTA_BINDER'],
  ['server', OPCOES_DO_SERVIDOR, 'CHAT_PORTA_SERVIDOR'],
] as const)('%s', (_, tabela: OptionTable, variavelDaPorta) => {
  test.each([
    [['--porta', 'abc'], /--porta/],
    [['--porta', '65536'], /--porta/],
    [['--porta', '-1'], /--porta|-1/],
    [['--porta', '80.5'], /--porta/],
    [['--porta', ''], /--porta/],
    [['--porta'], /--porta/],
    [['--nao-ha'], /--nao-ha/],
    [['--segredo', 'x'], /--segredo/],
    [['solto'], /solto|argumento/],
    [['--host', ''], /--host/],
    [['--log', 'xml'], /--log deve ser texto ou json; veio "xml"$/],
  ])('%j é dito errado numa linha', (argumentos, oQueDiz) => {
    esperarRecusa(tabela, oQueDiz, argumentos);
  });

  test('cada opção pode vir da sua variável de ambiente, e a da linha de comando a vence', () => {
    const exemplos: Readonly<Record<string, readonly [string, string]>> = {
      host: ['127.0.0.2', '127.0.0.3'],
      binder: ['http://um.example:1', 'http://outro.example:2'],
      'proxy-confiavel': ['192.0.2.1', '192.0.2.2'],
      observar: ['http://um.example:1', 'http://outro.example:2'],
      redis: ['redis://um.example:1', 'redis://outro.example:2'],
      log: ['json', 'texto'],
      'oferecer-cliente': ['http://um.example:1', 'http://outro.example:2'],
    };
    for (const [nome, { variavel, argumento }] of Object.entries(tabela)) {
      const [um, outro] = exemplos[nome] ?? ['77', '88'];
      const lida = (argumentos: string[], ambiente: NodeJS.ProcessEnv) =>
        lerOpcoes(LINHA, tabela, argumentos, ambiente)[nome];
      if (argumento === undefined) {
        expect(lida([], { [variavel]: '1' }), variavel).toBe(true);
        expect(lida([`--${nome}`], { [variavel]: '0' }), variavel).toBe(true);
        expect(lida([], { [variavel]: '0' }), variavel).toBe(false);
        continue;
      }
      const daLinha = lida([`--${nome}`, um], {});
      expect(lida([], { [variavel]: um }), variavel).toEqual(daLinha);
      expect(lida([`--${nome}`, um], { [variavel]: outro }), variavel).toEqual(daLinha);
      expect(lida([], { [variavel]: outro }), variavel).not.toEqual(daLinha);
    }
  });

  test('uma variável errada é dita pelo nome dela', () => {
    esperarRecusa(tabela, new RegExp(variavelDaPorta), [], { [variavelDaPorta]: 'abc' });
  });
});

describe('só no servidor', () => {
  const NUMEROS = ['usuario-ausente', 'sessao-expira', 'sala-inativa', 'limite-mensagens', 'limite-registros'];

  test.each(NUMEROS)('--%s só aceita inteiros', (opcao) => {
    for (const valor of ['1.5', '', '1e3']) {
      esperarRecusa(OPCOES_DO_SERVIDOR, new RegExp(opcao), [`--${opcao}`, valor]);
    }
  });

  test.each(['nada', 'ftp://localhost:5000', 'localhost:5000', 'http://localhost:99999'])(
    '--binder %s é dito errado numa linha',
    (binder) => {
      esperarRecusa(OPCOES_DO_SERVIDOR, /--binder/, ['--binder', binder]);
    },
  );

  test.each([
    ['http://localhost:5000,https://localhost:5001', /--binder.*só URLs http, ou só https/],
    ['http://localhost:5000,', /--binder.*deve ser uma URL/],
  ])('os vários de --binder %s são ditos errados numa linha', (binder, oQueDiz) => {
    esperarRecusa(OPCOES_DO_SERVIDOR, oQueDiz, ['--binder', binder]);
  });
});

describe('o segredo', () => {
  test.each(['com espaço', 'com-acento-e-€', 'com\ttab'])(
    '%j, que não viaja num cabeçalho HTTP, é recusado',
    (segredo) => {
      const ler = () => lerSegredo({ CHAT_SEGREDO: segredo });
      expect(ler).toThrow(StartupError);
      expect(ler).toThrow(/CHAT_SEGREDO/);
      expect(ler).not.toThrow(segredo);
    },
  );

  test('vazio é nenhum, e outro qualquer vale como veio', () => {
    expect(lerSegredo({})).toBeUndefined();
    expect(lerSegredo({ CHAT_SEGREDO: '' })).toBeUndefined();
    expect(lerSegredo({ CHAT_SEGREDO: 'um-~!segredo' })).toBe('um-~!segredo');
  });
});
