/** A cor do fundo: o que o terminal responde, o que o ambiente diz, e que a resposta nunca é uma tecla. */

import { afterEach, expect, test } from 'vitest';
import { LeitorDeTeclas } from '../../../../../src/cliente/terminal/teclado/leitor-de-teclas.ts';
import { aviso, usarCores, usarFundo } from '../../../../../src/cliente/terminal/tela/cores.ts';
import { fundoDaResposta, fundoDoAmbiente } from '../../../../../src/cliente/terminal/tela/fundo.ts';
import { perguntarFundo } from '../../../../../src/cliente/terminal/terminal.ts';
import { emularTerminal } from '../apoio.ts';

const RESPOSTA = '\u001b]11;rgb:1e1e/1e1e/2e2e\u001b\\';

afterEach(() => {
  usarFundo(undefined);
  usarCores(0);
});

test.each([
  ['11;rgb:1e1e/1e1e/2e2e', [30, 30, 46]],
  ['11;rgb:ff/00/80', [255, 0, 128]],
  ['11;rgba:0000/2b2b/3636/ffff', [0, 43, 54]],
  ['10;rgb:1e1e/1e1e/2e2e', undefined],
  ['11;#1e1e2e', undefined],
  ['11;rgb:1e1e/1e1e/2e2e;x', undefined],
])('a resposta %j', (cadeia, cor) => {
  expect(fundoDaResposta(cadeia)).toEqual(cor);
});

test('COLORFGBG diz se o fundo é claro ou escuro', () => {
  const [claro, escuro] = ['0;15', '15;default;0'].map((COLORFGBG) => fundoDoAmbiente({ COLORFGBG }));
  expect(claro?.every((canal) => canal > 200)).toBe(true);
  expect(escuro?.every((canal) => canal < 60)).toBe(true);
  for (const COLORFGBG of ['', 'default;default', '0;16', '0;999'])
    expect(fundoDoAmbiente({ COLORFGBG })).toBeUndefined();
});

test('a resposta que chega a tempo muda as cores; a atrasada, não', () => {
  usarCores(3);
  const sem = aviso('x');
  for (const [demoraMs, muda] of [
    [999, true],
    [1_001, false],
  ] as const) {
    usarFundo(undefined);
    using terminal = emularTerminal();
    perguntarFundo(terminal, terminal.agenda.agendar);
    expect(terminal.bytes()).toContain('\u001b]11;?\u001b\\');
    terminal.agenda.passar(demoraMs);
    terminal.entrada.digitar(RESPOSTA);
    expect(aviso('x') !== sem).toBe(muda);
    expect(terminal.teclado.temFila).toBe(false);
  }
});

test('a resposta nunca vira texto, onde quer que se parta e por mais que demore o resto', () => {
  for (let corte = 1; corte < RESPOSTA.length; corte += 1) {
    const leitor = new LeitorDeTeclas();
    const teclas = [
      ...leitor.ler(RESPOSTA.slice(0, corte)),
      ...leitor.esgotar(),
      ...leitor.ler(`${RESPOSTA.slice(corte)}oi`),
    ];
    const digitado = teclas.flatMap((tecla) => (tecla.nome === 'texto' ? [tecla.texto] : []));
    expect(digitado.join(''), `partida em ${corte}`).toBe('oi');
  }
});

test('o que se digita depois de uma resposta partida que nunca acaba não se perde', () => {
  const leitor = new LeitorDeTeclas();
  leitor.ler(RESPOSTA.slice(0, 9));
  leitor.esgotar();
  expect(leitor.ler('abc')).toEqual([{ nome: 'texto', texto: 'abc' }]);
});
