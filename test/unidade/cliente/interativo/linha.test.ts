import { describe, expect, test } from 'vitest';
import { LINHA, type LinhaAberta, type LinhaDada } from '../../../../src/cliente/interativo/linha.ts';
import { perguntar } from '../../../../src/cliente/terminal/perguntas/pergunta.ts';
import { emularTerminal } from '../terminal/apoio.ts';

const [CIMA, BAIXO, ESC, FIM_DO_ESC] = ['\u001b[A', '\u001b[B', '\u001b', 500] as const;
const colar = (texto: string) => `\u001b[200~${texto}\u001b[201~`;

function abrir(mudanca: Partial<LinhaAberta> = {}) {
  const terminal = emularTerminal();
  const digitados: string[] = [];
  const aberta: LinhaAberta = {
    mensagem: 'M:',
    rodape: 'para todos',
    inicial: '',
    historico: [],
    completar: (texto, cursor) => ({ texto, cursor, candidatos: [] }),
    aoDigitar: (texto) => digitados.push(texto),
    ...mudanca,
  };
  const resposta: Promise<LinhaDada> = perguntar(terminal, LINHA, aberta, new AbortController().signal);
  return { ...terminal, resposta, digitados, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('mostra a linha com o rodapé, e Enter a dá', async () => {
  using linha = abrir({ inicial: 'olá' });
  await linha.ver('M: olá', '  para todos');
  linha.entrada.digitar('!\r');
  expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: 'olá!' });
  expect(linha.digitados.at(-1)).toBe('olá!');
});

test('Esc desiste, e dá o que estava digitado', async () => {
  using linha = abrir();
  linha.entrada.digitar(`um texto${ESC}`);
  await linha.ver('M: um texto', '  para todos');
  linha.agenda.passar(FIM_DO_ESC);
  expect(await linha.resposta).toEqual({ tipo: 'desistencia', texto: 'um texto' });
});

test('uma seta em dois pedaços não é Esc', async () => {
  using linha = abrir();
  linha.entrada.digitar(`ac${ESC}`, '[D', 'b\r');
  expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: 'abc' });
});

describe('o histórico', () => {
  const historico = ['primeira', 'segunda'];

  test.each([
    ['para cima', CIMA, 'segunda'],
    ['para cima até o começo, e além', CIMA.repeat(3), 'primeira'],
    ['para cima e para baixo: o que se digitava', `${CIMA}${CIMA}${BAIXO}${BAIXO}${BAIXO}`, 'nova'],
    ['Ctrl+P e Ctrl+N', '\u0010\u0010\u000e', 'segunda'],
  ])('%s', async (_como, teclas, texto) => {
    using linha = abrir({ historico });
    linha.entrada.digitar(`nova${teclas}\r`);
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto });
  });
});

describe('Tab', () => {
  test('põe o que se concluiu, com o cursor onde ele diz', async () => {
    using linha = abrir({ completar: () => ({ texto: '@Ana oi', cursor: 5, candidatos: [] }) });
    linha.entrada.digitar('@a\tX\r');
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: '@Ana Xoi' });
  });

  test('mostra os candidatos no lugar do rodapé, até a próxima tecla', async () => {
    using linha = abrir({ completar: (texto, cursor) => ({ texto, cursor, candidatos: ['salas', 'sa\u202eir'] }) });
    linha.entrada.digitar('/s\t');
    await linha.ver('M: /s', '  salas  sa\\u{202e}ir');
    linha.entrada.digitar('a');
    await linha.ver('M: /sa', '  para todos');
  });
});

describe('o que se cola', () => {
  test.each([
    ['uma linha', 'senha'],
    ['uma linha com a sua quebra', 'senha\r'],
    ['uma linha entre linhas vazias', '\n \nsenha\n\n'],
  ])('%s espera por Enter', async (_oQue, colado) => {
    using linha = abrir();
    linha.entrada.digitar(colar(colado), '!\r');
    const dada = await linha.resposta;
    expect(dada).toEqual({ tipo: 'digitada', texto: expect.stringMatching(/^ *senha!$/) });
  });

  test('várias linhas se dão de uma vez, e a última sem quebra fica', async () => {
    using linha = abrir();
    linha.entrada.digitar('zero ', colar('um\r\n/sair\ntrês\tx'));
    expect(await linha.resposta).toEqual({
      tipo: 'coladas',
      linhas: ['zero um', '/sair'],
      resto: 'três x',
      digitado: 'zero ',
    });
  });

  test('no meio da linha, o que estava depois do cursor vai com a última', async () => {
    using linha = abrir({ inicial: 'ad' });
    linha.entrada.digitar('\u001b[D', colar('b\nc\n'));
    expect(await linha.resposta).toEqual({ tipo: 'coladas', linhas: ['ab', 'c'], resto: 'd', digitado: 'ad' });
  });
});
