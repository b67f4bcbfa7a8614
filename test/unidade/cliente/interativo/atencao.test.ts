/** O título e os avisos, como o terminal os recebe. */

import { expect, test } from 'vitest';
import { Atencao } from '../../../../src/cliente/interativo/atencao.ts';
import { Teclado } from '../../../../src/cliente/terminal/teclado/teclado.ts';
import { codificacaoDoTerminal } from '../../../../src/cliente/terminal/tela/codificacao.ts';
import { Tela } from '../../../../src/cliente/terminal/tela/tela.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';
import { EntradaDeTeste } from '../terminal/apoio.ts';

const [COM_FOCO, SEM_FOCO] = ['\u001b[I', '\u001b[O'];
const titulo = (texto: string) => `\u001b]2;${texto}\u0007`;
const aviso = (texto: string) => `\u001b]9;${texto}\u0007`;
const PRIVADA = { ...mensagem(1, 'psiu'), tipo: 'unicast', destino: 'Ana' } as const;

function montar(sala = 'Geral') {
  const lugar: { sala: string | undefined } = { sala };
  const escritas: string[] = [];
  const entrada = new EntradaDeTeste();
  const codificacao = codificacaoDoTerminal({ LANG: 'C.UTF-8' });
  const saida = { write: (texto: string | Buffer) => escritas.push(texto.toString()), on: () => {}, off: () => {} };
  const tela = new Tela(saida, codificacao);
  const naoUsada = () => {};
  const agendar = () => naoUsada;
  const teclado = new Teclado({ entrada, codificacao, agendar, aoEncerrar: naoUsada, aoSuspender: naoUsada });
  const atencao = new Atencao({ terminal: { tela, teclado }, sala: () => lugar.sala });
  const escrito = () => escritas.splice(0).join('');
  return { lugar, tela, teclado, entrada, atencao, escrito };
}

test('o título diz a sala e o que não se leu enquanto o terminal estava sem foco', () => {
  const { lugar, entrada, atencao, teclado, escrito } = montar();
  expect(escrito()).toContain('\u001b[?1004h');
  atencao.atualizar();
  expect(escrito()).toContain(titulo('Geral - chat'));
  atencao.aoChegar({ quantas: 1, toca: false, chama: undefined });
  expect(escrito()).toBe('');
  entrada.digitar(SEM_FOCO);
  atencao.aoChegar({ quantas: 2, toca: false, chama: undefined });
  atencao.aoChegar({ quantas: 1, toca: false, chama: undefined });
  expect(escrito()).toBe(titulo('(2) Geral - chat') + titulo('(3) Geral - chat'));
  entrada.digitar(COM_FOCO);
  expect(escrito()).toBe(titulo('Geral - chat'));
  lugar.sala = undefined;
  atencao.atualizar();
  expect(escrito()).toBe(titulo('chat'));
  expect(teclado.temFila).toBe(false);
});

test('quem fala com a pessoa a avisa só sem o foco, e sem dizer o texto', () => {
  const { entrada, atencao, escrito } = montar();
  atencao.aoChegar({ quantas: 1, toca: true, chama: PRIVADA });
  expect(escrito()).not.toContain('\u001b]9');
  entrada.digitar(SEM_FOCO);
  atencao.aoChegar({ quantas: 1, toca: true, chama: PRIVADA });
  expect(escrito()).toContain(aviso('Chat: mensagem privada de Pedro'));
  atencao.aoChegar({ quantas: 1, toca: true, chama: mensagem(2, 'Ana!') });
  expect(escrito()).toContain(aviso('Chat: Pedro chamou você em Geral'));
});

test('o nome que um servidor hostil dê a uma sala, ou a alguém, não acaba a cadeia antes dela', () => {
  const { entrada, atencao, escrito } = montar('a\u0007\u001b]0;mal\u009c\u202e');
  entrada.digitar(SEM_FOCO);
  escrito();
  atencao.aoChegar({ quantas: 1, toca: false, chama: { ...PRIVADA, origem: 'x\u001b\\\u0007y' } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: é o que não pode haver
  expect(escrito()).toMatch(/^\u001b\]2;[^\p{Cc}\u202e]*\u0007\u001b\]9;[^\p{Cc}]*\u0007$/u);
});

test('a tela também não deixa um controle passar', () => {
  const { tela, escrito } = montar();
  escrito();
  tela.notificar('a\u0007b\u001b\\c');
  expect(escrito()).toBe(aviso('ab\\c'));
});

test.each([
  [99, '\u001b]99;;um; dois\u001b\\'],
  [777, '\u001b]777;notify;Chat;um, dois\u0007'],
  [9, '\u001b]9;um; dois\u0007'],
] as const)('o aviso vai no OSC %i, que é o que o terminal conhece', (avisa, esperado) => {
  const escritas: string[] = [];
  const saida = { write: (texto: string | Buffer) => escritas.push(texto.toString()), on: () => {}, off: () => {} };
  new Tela(saida, codificacaoDoTerminal({ LANG: 'C.UTF-8' }), avisa).notificar('um; \u0007dois\u001b');
  expect(escritas.at(-1)).toBe(esperado);
});

test('suspenso ou fechado, o terminal tem de volta o título que tinha; retomado, o nosso', () => {
  const { tela, atencao, escrito } = montar();
  atencao.atualizar();
  expect(escrito()).toContain(`\u001b[22;2t${titulo('Geral - chat')}`);
  tela.suspender();
  expect(escrito()).toContain(`${titulo('')}\u001b[23;2t`);
  tela.retomar();
  expect(escrito()).toContain(`\u001b[22;2t${titulo('Geral - chat')}`);
  tela.close();
  expect(escrito()).toContain(`\u001b[?1004l${titulo('')}\u001b[23;2t`);
});
