import { expect, test } from 'vitest';
import { escolher } from '../../../../../src/cliente/terminal/perguntas/menu.ts';
import { emularTerminal } from '../apoio.ts';

const OPCOES = ['Criar sala', 'Entrar em uma sala', 'Listar salas', 'Encerrar'];
const [CIMA, BAIXO] = ['\u001b[A', '\u001b[B'];

function abrir() {
  const terminal = emularTerminal();
  const desistir = new AbortController();
  const resposta = escolher(terminal, OPCOES, AbortSignal.any([desistir.signal, terminal.signal]));
  resposta.catch(() => {});
  return { ...terminal, terminal, resposta, desistir, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('mostra as opções numeradas, a primeira marcada, e sai da tela com a resposta', async () => {
  using menu = abrir();
  await menu.ver('> 1) Criar sala', '  2) Entrar em uma sala', '  3) Listar salas', '  4) Encerrar');
  menu.entrada.digitar('\r');
  expect(await menu.resposta).toBe(1);
  expect(await menu.fileiras()).toEqual([]);
});

test.each([
  ['um número', '3\r', 3],
  ['dois números seguidos: vale o último', '34\r', 4],
  ['a seta para baixo', `${BAIXO}${BAIXO}\r`, 3],
  ['a seta para cima, que dá a volta', `${CIMA}\r`, 4],
  ['Ctrl+N e Ctrl+P', '\u000e\u000e\u0010\r', 2],
  ['um número que não há, letras e Esc, que nada fazem', `3x90\u001b${CIMA}\r`, 2],
  ['uma colagem, que nada faz', '\u001b[200~4\r4\r\u001b[201~\r', 1],
])('escolhe com %s', async (_como, teclas, numero) => {
  using menu = abrir();
  menu.entrada.digitar(teclas);
  expect(await menu.resposta).toBe(numero);
});

test('o que se digita depois do Enter espera pela próxima pergunta', async () => {
  using menu = abrir();
  menu.entrada.digitar('2\rGeral');
  expect(await menu.resposta).toBe(2);
  expect(menu.teclado.temFila).toBe(true);
});

test('o que chega com ele aberto aparece acima, e a escolha fica', async () => {
  using menu = abrir();
  menu.entrada.digitar('2');
  await menu.ver('  1) Criar sala', '> 2) Entrar em uma sala', '  3) Listar salas', '  4) Encerrar');
  menu.tela.mostrar('chegou');
  await menu.ver('chegou', '  1) Criar sala', '> 2) Entrar em uma sala', '  3) Listar salas', '  4) Encerrar');
});

test('desfaz-se quando se desiste dele', async () => {
  using menu = abrir();
  await menu.ver('> 1) Criar sala', '  2) Entrar em uma sala', '  3) Listar salas', '  4) Encerrar');
  menu.desistir.abort();
  await expect(menu.resposta).rejects.toMatchObject({ name: 'AbortPromptError' });
  expect(await menu.fileiras()).toEqual([]);
});
