/** O compose: o que se pode conferir sem o Docker. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { OPCOES as OPCOES_DO_BINDER } from '../../../src/binder/options.ts';
import type { OptionTable } from '../../../src/process/opcoes/options.ts';
import { OPCOES as OPCOES_DO_SERVIDOR } from '../../../src/server/options.ts';
import { EXEMPLOS } from '../../suporte/processos/programas.ts';

interface Servico {
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly restart: string;
  readonly stop_grace_period?: string;
}

const COMPOSE: { readonly services: Readonly<Record<string, Servico>> } = parse(
  readFileSync(join(EXEMPLOS, 'compose', 'compose.yaml'), 'utf8'),
  { merge: true },
);
const OPCOES: Readonly<Record<string, OptionTable>> = {
  'chat-binder': OPCOES_DO_BINDER,
  'chat-server': OPCOES_DO_SERVIDOR,
};
const NOSSOS = Object.entries(COMPOSE.services).filter(([, { command }]) => command[0] !== 'redis-server');

test('há dois binders, dois servidores e um Redis', () => {
  const comandos = Object.values(COMPOSE.services).map(({ command }) => command[0]);
  expect(comandos.sort()).toEqual(['chat-binder', 'chat-binder', 'chat-server', 'chat-server', 'redis-server']);
});

test.each(NOSSOS)(
  '%s só usa opções e variáveis que o comando dele tem',
  (_, { command: [comando = '', ...argumentos], environment }) => {
    const opcoes = OPCOES[comando] ?? {};
    const usadas = argumentos.filter((argumento) => argumento.startsWith('--')).map((argumento) => argumento.slice(2));
    for (const usada of usadas) expect(Object.keys(opcoes)).toContain(usada);
    const lidas = ['CHAT_SEGREDO', ...Object.values(opcoes).map(({ variavel }) => variavel)];
    const ditas = Object.keys(environment ?? {}).filter((variavel) => variavel.startsWith('CHAT_'));
    expect(ditas).toContain('CHAT_REDIS');
    for (const dita of ditas) expect(lidas).toContain(dita);
  },
);

test('cada um escuta na porta que publica, e a publica só nesta máquina', () => {
  const portas = NOSSOS.map(([, { ports = [], environment = {} }]) => {
    const porta = environment['CHAT_PORTA_BINDER'] ?? environment['CHAT_PORTA_SERVIDOR'];
    expect(ports).toEqual([`127.0.0.1:${porta}:${porta}`]);
    expect(environment['PORTA_DA_SAUDE']).toBe(porta);
    return porta;
  });
  expect(portas).toEqual(['5000', '5001', '8005', '8006']);
});

test('cada um tem tempo de terminar em ordem, e volta depois de uma falha', () => {
  for (const [, { restart, stop_grace_period }] of NOSSOS) {
    expect({ restart, stop_grace_period }).toEqual({ restart: 'on-failure', stop_grace_period: '10s' });
  }
});
