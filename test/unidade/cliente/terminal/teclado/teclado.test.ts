import { expect, test } from 'vitest';
import { type Destino, MAXIMO_A_ESPERA } from '../../../../../src/cliente/terminal/teclado/teclado.ts';
import type { Tecla } from '../../../../../src/cliente/terminal/teclado/teclas.ts';
import { emularTerminal } from '../apoio.ts';

/** Guarda o que recebe, até um Enter, com que se desliga. */
function anotar(teclado: { desligar: (destino: Destino) => void }, vazio = true) {
  const teclas: string[] = [];
  const destino: Destino = {
    aoTeclar: (tecla: Tecla) => {
      teclas.push('texto' in tecla ? tecla.texto : tecla.nome);
      if (tecla.nome === 'enter') teclado.desligar(destino);
    },
    vazio: () => vazio,
  };
  return { destino, teclas };
}

test('o que se digita antes da hora chega a cada pergunta, uma por vez', async () => {
  using terminal = emularTerminal();
  const { teclado, entrada } = terminal;
  entrada.digitar('2\rGeral\r', '1');
  expect(teclado.temFila).toBe(true);
  const [menu, sala, outro] = [anotar(teclado), anotar(teclado), anotar(teclado)];
  for (const { destino } of [menu, sala, outro]) {
    teclado.ligar(destino);
    await Promise.resolve();
  }
  expect([menu.teclas, sala.teclas, outro.teclas]).toEqual([['2', 'enter'], ['Geral', 'enter'], ['1']]);
  expect(teclado.temFila).toBe(false);
});

test('um caractere que chega em dois pedaços é um só', async () => {
  using terminal = emularTerminal();
  const { destino, teclas } = anotar(terminal.teclado);
  terminal.teclado.ligar(destino);
  const bytes = Buffer.from('ção');
  terminal.entrada.digitar(bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4));
  await Promise.resolve();
  expect(teclas.join('')).toBe('ção');
});

test('Ctrl+C e Ctrl+Z agem sem pergunta aberta; Ctrl+D, só onde nada se digitou', async () => {
  using terminal = emularTerminal();
  const { teclado, entrada, pedidos } = terminal;
  entrada.digitar('abc\u001a\u0003');
  expect(pedidos).toEqual(['suspender', 'encerrar']);
  const comTexto = anotar(teclado, false);
  teclado.ligar(comTexto.destino);
  await Promise.resolve();
  entrada.digitar('\u0004');
  expect(comTexto.teclas).toEqual(['abc', 'ctrl+d']);
  teclado.ligar(anotar(teclado).destino);
  entrada.digitar('\u0004');
  expect(pedidos).toEqual(['suspender', 'encerrar', 'encerrar']);
});

test('Esc espera meio segundo pelo resto de uma seta', async () => {
  using terminal = emularTerminal();
  const { destino, teclas } = anotar(terminal.teclado);
  terminal.teclado.ligar(destino);
  terminal.entrada.digitar('\u001b');
  terminal.agenda.passar(499);
  terminal.entrada.digitar('[D\u001b');
  terminal.agenda.passar(499);
  await Promise.resolve();
  expect(teclas).toEqual(['esquerda']);
  terminal.agenda.passar(1);
  expect(teclas).toEqual(['esquerda', 'esc']);
});

test('com muito à espera deixa de ler, e volta a ler quando há lugar; nada se perde', async () => {
  using terminal = emularTerminal();
  const { teclado, entrada } = terminal;
  const linha = `${'x'.repeat(1_000)}\r`;
  let digitadas = 0;
  while (!entrada.pausada) {
    entrada.digitar(linha);
    digitadas += 1;
  }
  expect(digitadas * linha.length).toBeLessThan(MAXIMO_A_ESPERA + linha.length);
  const { destino, teclas } = anotar({ desligar: () => {} });
  teclado.ligar(destino);
  await Promise.resolve();
  expect(entrada.pausada).toBe(false);
  expect(teclas).toEqual(Array.from({ length: digitadas }, () => [linha.slice(0, -1), 'enter']).flat());
});

test('suspender devolve o modo de linhas; retomar o tira também se ninguém soube que mudou', () => {
  using terminal = emularTerminal();
  terminal.teclado.suspender();
  terminal.teclado.retomar();
  terminal.teclado.retomar();
  terminal.teclado.close();
  expect(terminal.entrada.modos).toEqual([true, false, false, true, false, true, false]);
});
