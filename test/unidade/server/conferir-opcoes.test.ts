import { expect, test } from 'vitest';
import { StartupError } from '../../../src/process/lifecycle.ts';
import { lerOpcoes } from '../../../src/process/opcoes/options.ts';
import { enderecoAnunciado } from '../../../src/server/conferir-opcoes.ts';
import { OPCOES } from '../../../src/server/options.ts';

function anunciado(argumentos: readonly string[], ambiente: NodeJS.ProcessEnv = {}): string {
  return enderecoAnunciado(
    'servidor',
    lerOpcoes({ nome: 'servidor', versao: '1', descricao: '' }, OPCOES, argumentos, ambiente),
  );
}

test.each([
  ['o host em que escuta', ['--host', 'chat.example'], 'chat.example'],
  ['o de --endereco, se há um', ['--host', '0.0.0.0', '--endereco', 'chat.example'], 'chat.example'],
  ['um IPv6, sem os colchetes', ['--endereco', '[2001:db8::1]'], '2001:db8::1'],
])('o endereço anunciado é %s', (_, argumentos, endereco) => {
  expect(anunciado(argumentos)).toBe(endereco);
});

test.each([
  ['0.0.0.0', {}],
  ['::', { CHAT_ENDERECO: '' }],
  ['127.0.0.1', { CHAT_ENDERECO: 'http://chat.example' }],
])('em %s, com %j no ambiente, a recusa nomeia a opção numa linha', (host, ambiente) => {
  const ler = () => anunciado(['--host', host], ambiente);
  expect(ler).toThrow(StartupError);
  expect(ler).toThrow(/--endereco/);
  expect(ler).not.toThrow(/\n/);
});
