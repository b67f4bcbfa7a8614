import { expect, test } from 'vitest';
import { perguntar } from '../../../../../src/cliente/terminal/perguntas/pergunta.ts';
import { TEXTO, type Texto } from '../../../../../src/cliente/terminal/perguntas/texto.ts';
import { emularTerminal } from '../apoio.ts';

const BAIXO = '\u001b[B';
const SUGESTOES = Array.from({ length: 10 }, (_, n) => ({ valor: `sala ${n}`, rotulo: `sala ${n} (0 usuários)` }));

function abrir(texto: Partial<Texto> = {}) {
  const terminal = emularTerminal();
  const resposta = perguntar(terminal, TEXTO, { mensagem: 'Nome:', ...texto }, terminal.signal);
  resposta.catch(() => {});
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

test('as setas escolhem entre as sugestões, em colunas de seis, e diz-se de quantas', async () => {
  const MUITAS = Array.from({ length: 20 }, (_, n) => ({
    valor: `sala ${n + 10}`,
    rotulo: `sala ${n + 10} (0 usuários)`,
  }));
  using pergunta = abrir({ sugestoes: MUITAS });
  const [r = []] = [MUITAS.map(({ rotulo }) => rotulo)];
  const fileira = (um: number) => `  ${r[um]}    ${r[um + 6]}`;
  await pergunta.ver('Nome:', `> ${r[0]}    ${r[6]}`, ...[1, 2, 3, 4, 5].map(fileira), '  12 de 20');
  pergunta.entrada.digitar(BAIXO.repeat(14));
  await pergunta.ver('Nome:', ...[3, 4, 5, 6, 7].map(fileira), `  ${r[8]}  > ${r[14]}`, '  12 de 20');
  pergunta.entrada.digitar('\r');
  expect(await pergunta.resposta).toBe('sala 24');
});

test('sem contagem, não se diz quantas sugestões não servem', async () => {
  using pergunta = abrir({ sugestoes: [{ valor: 'Ana', rotulo: 'Ana' }], semContagem: true });
  await pergunta.ver('Nome:', '> Ana');
  pergunta.entrada.digitar('x');
  await pergunta.ver('Nome: x');
});

test('o que se digita filtra as sugestões, sem olhar acentos, e vence se nenhuma se escolhe', async () => {
  const sugestoes = ['Praça', 'Casa', 'Rua'].map((valor) => ({ valor, rotulo: valor }));
  using pergunta = abrir({ sugestoes });
  pergunta.entrada.digitar('ac');
  await pergunta.ver('Nome: ac', '  Praça', '  1 de 3');
  pergunta.entrada.digitar('\u007fs');
  await pergunta.ver('Nome: as', '  Casa', '  1 de 3');
  pergunta.entrada.digitar('\r');
  expect(await pergunta.resposta).toBe('as');
});

test('filtrar não custa, por enormes que sejam os nomes que o servidor deu', async () => {
  const enorme = `a${'\u0301\u0323'.repeat(8_000)}`;
  using pergunta = abrir({ sugestoes: ['Praça', enorme].map((valor) => ({ valor, rotulo: 'P' })) });
  await pergunta.ver('Nome:', '> P', '  P');
  const { user } = process.cpuUsage();
  pergunta.entrada.digitar('pra');
  await pergunta.ver('Nome: pra', '  P', '  1 de 2');
  // Em microssegundos de processador: reordenar as marcas leva segundos.
  expect(process.cpuUsage().user - user).toBeLessThan(1_000_000);
});

test('uma seta ou Tab escolhe entre as que se filtraram', async () => {
  using pergunta = abrir({ sugestoes: SUGESTOES });
  pergunta.entrada.digitar('7\t');
  await pergunta.ver('Nome: 7', '> sala 7 (0 usuários)', '  1 de 10');
  pergunta.entrada.digitar('\r');
  expect(await pergunta.resposta).toBe('sala 7');
});

test('a dica fica abaixo de tudo', async () => {
  using pergunta = abrir({ dica: 'dê um nome' });
  await pergunta.ver('Nome:', '  dê um nome');
});

test('o que o terminal obedeceria é mostrado por extenso', async () => {
  using pergunta = abrir({ sugestoes: [{ valor: 'a\u202eb', rotulo: 'a\u202eb' }] });
  await pergunta.ver('Nome:', '> a\\u{202e}b');
  pergunta.entrada.digitar('a\u202e');
  await pergunta.ver('Nome: a\\u{202e}', '  a\\u{202e}b');
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
