import { expect, test } from 'vitest';
import { perguntar } from '../../../../../src/cliente/terminal/perguntas/pergunta.ts';
import { TEXTO, type Texto } from '../../../../../src/cliente/terminal/perguntas/texto.ts';
import { emularTerminal } from '../apoio.ts';

const BAIXO = '\u001b[B';
const SUGESTOES = Array.from({ length: 10 }, (_, n) => ({ valor: `sala ${n}`, rotulo: `sala ${n} (0 usuários)` }));

function abrir(texto: Partial<Texto> = {}) {
  const terminal = emularTerminal();
  const resposta = perguntar(terminal, TEXTO, { mensagem: 'Nome:', ...texto }, new AbortController().signal);
  return { ...terminal, resposta, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test.each([
  ['o que se digita', 'Ana\r', 'Ana'],
  ['o que se edita', 'Anx\u007fa\u0001J\r', 'JAna'],
  ['o que se cola, numa linha', '\u001b[200~Ana\r\nMaria\r\u001b[201~\r', 'Ana Maria'],
  ['vazio, sem sugestões', '\r', ''],
])('responde com %s', async (_oQue, teclas, valor) => {
  using pergunta = abrir();
  pergunta.entrada.digitar(teclas);
  expect(await pergunta.resposta).toBe(valor);
});

test('Esc desiste, depois da espera', async () => {
  using pergunta = abrir();
  pergunta.entrada.digitar('Ana\u001b');
  await pergunta.ver('Nome: Ana');
  pergunta.agenda.passar(500);
  expect(await pergunta.resposta).toBeUndefined();
});

test('as setas escolhem entre as sugestões, e as que não cabem são contadas', async () => {
  using pergunta = abrir({ sugestoes: SUGESTOES.slice(0, 9) });
  pergunta.entrada.digitar(BAIXO.repeat(8));
  await pergunta.ver(
    'Nome:',
    ...SUGESTOES.slice(1, 8).map(({ rotulo }) => `  ${rotulo}`),
    '> sala 8 (0 usuários)',
    '  … e mais 1',
  );
  pergunta.entrada.digitar('\r');
  expect(await pergunta.resposta).toBe('sala 8');
});

test('o que se digita vence a sugestão', async () => {
  using pergunta = abrir({ sugestoes: SUGESTOES.slice(0, 2) });
  pergunta.entrada.digitar('outra');
  await pergunta.ver('Nome: outra', '  sala 0 (0 usuários)', '  sala 1 (0 usuários)');
  pergunta.entrada.digitar('\r');
  expect(await pergunta.resposta).toBe('outra');
});

test('o que o terminal obedeceria é mostrado por extenso', async () => {
  using pergunta = abrir({ sugestoes: [{ valor: 'x', rotulo: 'a\u202eb' }] });
  await pergunta.ver('Nome:', '> a\\u{202e}b');
  pergunta.entrada.digitar('c\u202ed');
  await pergunta.ver('Nome: c\\u{202e}d', '  a\\u{202e}b');
});

test('Ctrl+L limpa a tela, e a pergunta fica no alto', async () => {
  using pergunta = abrir();
  pergunta.tela.mostrar('antes');
  pergunta.entrada.digitar('Ana');
  await pergunta.ver('antes', 'Nome: Ana');
  pergunta.entrada.digitar('\u000c');
  await pergunta.ver('Nome: Ana');
  expect(await pergunta.cursor()).toEqual([9, 0]);
});

test('o cursor fica onde o terminal mede o que se digitou, e não onde nós medimos', async () => {
  using pergunta = abrir();
  // Este emulador mostra a família em seis colunas e o coração em uma; outros, em duas.
  pergunta.entrada.digitar('\u2764\ufe0fa');
  await pergunta.ver('Nome: \u2764\ufe0fa');
  expect(await pergunta.cursor()).toEqual([8, 0]);
});
