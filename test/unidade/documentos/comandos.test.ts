import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lerPedido } from '../../../scripts/bench/opcoes.ts';
import { PARTES } from '../../../scripts/bench/partes/todas.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { OPCOES as OPCOES_DO_BINDER } from '../../../src/binder/options.ts';
import { TABELAS_DA_LINHA } from '../../../src/cliente/subcomandos/subcomandos.ts';
import { OPCOES as OPCOES_DA_JANELA } from '../../../src/janela/options.ts';
import { lerOpcoes, type OptionTable } from '../../../src/process/opcoes/options.ts';
import { lerComando } from '../../../src/process/opcoes/subcomandos.ts';
import { TABELAS_DA_LINHA as TABELAS_DO_SERVIDOR } from '../../../src/server/copiar.ts';
import { blocosDe, codigosEmLinha, lerDocumentos } from './documentos.ts';
import { comandosDoShell } from './shell.ts';

const DOCUMENTOS = lerDocumentos();
const SCRIPTS_DO_NPM = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8')).scripts;
const TABELAS: readonly OptionTable[] = [
  OPCOES_DO_BINDER,
  TABELAS_DO_SERVIDOR.opcoes,
  OPCOES_DA_JANELA,
  TABELAS_DA_LINHA.opcoes,
];

const comoBinder = (argumentos: readonly string[]) => lerOpcoes(linha('chat-binder'), OPCOES_DO_BINDER, argumentos, {});
const comoServidor = (argumentos: readonly string[]) =>
  lerComando(linha('chat-server'), TABELAS_DO_SERVIDOR, argumentos, {});
const comoJanela = (argumentos: readonly string[]) => lerOpcoes(linha('chat-janela'), OPCOES_DA_JANELA, argumentos, {});
const comoCliente = (argumentos: readonly string[]) =>
  lerComando(linha('chat-cliente'), TABELAS_DA_LINHA, argumentos, {});

/** De cada comando do projeto, quem lê os argumentos dele. */
const LEITORES: Readonly<Record<string, (argumentos: readonly string[]) => unknown>> = {
  'chat-binder': comoBinder,
  'chat-server': comoServidor,
  'chat-cliente': comoCliente,
  'chat-janela': comoJanela,
  'node dist/binder/main.js': comoBinder,
  'node dist/server/main.js': comoServidor,
  'node dist/cliente/main.js': comoCliente,
  'node dist/janela/main.js': comoJanela,
  './chat_start.sh': comoLancador,
  'chat_start.bat': comoLancador,
  'npm run': comoScriptDoNpm,
};

function linha(nome: string) {
  return { nome, versao: '', descricao: '' };
}

function comoLancador(argumentos: readonly string[]): unknown {
  if (argumentos[0] === 'janela') return comoJanela(argumentos.slice(1));
  if (['rede', 'janelas'].includes(argumentos[0] ?? '')) return expect(argumentos.length).toBeLessThanOrEqual(2);
  if (argumentos[0] === 'aula') return expect(argumentos.length).toBeLessThanOrEqual(3);
  if (['parar', 'estado', 'ajuda'].includes(argumentos[0] ?? '')) return expect(argumentos).toHaveLength(1);
  return comoCliente(argumentos);
}

function comoScriptDoNpm([nome = '', , ...argumentos]: readonly string[]): void {
  expect(SCRIPTS_DO_NPM).toHaveProperty([nome]);
  if (nome !== 'bench') return;
  // Nos documentos, PARTE é qualquer uma.
  const pedido = lerPedido(
    argumentos.filter((argumento) => argumento !== 'PARTE'),
    PARTES,
  );
  if (pedido.tipo === 'erro') throw new Error(pedido.motivo);
}

/** @returns o que há de errado num comando do projeto; `undefined` se nada há, ou se o comando é de outro */
function defeito(comando: readonly string[]): string | undefined {
  const nome = [1, 2].map((quantas) => comando.slice(0, quantas).join(' ')).find((inicio) => inicio in LEITORES);
  if (nome === undefined || comando.includes('--help')) return undefined;
  try {
    LEITORES[nome]?.(comando.slice(nome.split(' ').length));
    return undefined;
  } catch (erro) {
    return `${comando.join(' ')}: ${(erro as Error).message}`;
  }
}

test('os programas entendem todo comando que os documentos mandam digitar', () => {
  const comandos = DOCUMENTOS.flatMap((documento) =>
    [...blocosDe(documento, 'sh'), ...codigosEmLinha(documento)].flatMap(comandosDoShell),
  );
  expect(comandos.filter(([programa]) => programa === 'node').length).toBeGreaterThan(10);
  expect(comandos.map(defeito).filter(Boolean)).toEqual([]);
});

test('um comando que o programa não entende é achado, onde quer que esteja na linha', () => {
  const texto = `
    export CHAT_X='um valor'; node dist/binder/main.js --porto 1 &   # node dist/binder/main.js --nada
    tail -f a | chat-cliente enviar Geral --nome 'Ana Maria'
    X=1 chat-server --host a \\
      --segredo b
    source <(chat-cliente completa bash) && npm run nada; npm run bench -- entregas`;
  expect(comandosDoShell(texto).map(defeito).filter(Boolean)).toEqual([
    expect.stringContaining('opção desconhecida "--porto"'),
    expect.stringContaining('opção desconhecida "--segredo"'),
    expect.stringContaining('subcomando desconhecido "completa"'),
    expect.stringContaining('npm run nada'),
    expect.stringContaining('não há a parte entregas'),
  ]);
});

test('toda opção e toda variável de ambiente que os documentos dizem existe', () => {
  const opcoes = new Set(TABELAS.flatMap((tabela) => Object.keys(tabela).map((nome) => `--${nome}`)));
  const variaveis = new Set(TABELAS.flatMap((tabela) => Object.values(tabela).map(({ variavel }) => variavel)));
  variaveis.add('CHAT_SEGREDO');
  const ditas = DOCUMENTOS.flatMap((documento) => documento.texto.match(/\bCHAT_[A-Z_]+\b/g) ?? []);
  expect(ditas.length).toBeGreaterThan(20);
  expect(ditas.filter((variavel) => !variaveis.has(variavel))).toEqual([]);
  const sozinhas = DOCUMENTOS.flatMap((documento) => codigosEmLinha(documento).filter((c) => /^--[a-z-]+$/.test(c)));
  expect(sozinhas.filter((opcao) => !opcoes.has(opcao) && opcao !== '--help' && opcao !== '--')).toEqual([]);
});
