import { describe, expect, test } from 'vitest';
import { LINHA, type LinhaAberta, type LinhaDada } from '../../../../../src/cliente/interativo/linha/linha.ts';
import { perguntar } from '../../../../../src/cliente/terminal/perguntas/pergunta.ts';
import { emularTerminal } from '../../terminal/apoio.ts';

const [CIMA, BAIXO, ESC, FIM_DO_ESC] = ['\u001b[A', '\u001b[B', '\u001b', 500] as const;
const colar = (texto: string) => `\u001b[200~${texto}\u001b[201~`;

function abrir(mudanca: Partial<LinhaAberta> = {}) {
  const terminal = emularTerminal();
  const digitados: string[] = [];
  const mudar = { redesenhar: () => {} };
  const aberta: LinhaAberta = {
    mensagem: 'M:',
    rodape: () => 'para todos',
    inicial: '',
    menu: ['Falar', 'Sair'],
    menuAberto: false,
    historico: [],
    completar: (texto, cursor) => ({ texto, cursor, candidatos: [] }),
    oferecer: () => [],
    aoDigitar: (texto) => digitados.push(texto),
    aoInterromper: () => true,
    observar: (redesenhar) => {
      mudar.redesenhar = redesenhar;
      return () => {};
    },
    devolvido: () => undefined,
    ...mudanca,
  };
  const resposta: Promise<LinhaDada> = perguntar(terminal, LINHA, aberta, terminal.signal);
  resposta.catch(() => {});
  return { ...terminal, resposta, digitados, mudar, [Symbol.dispose]: () => terminal[Symbol.dispose]() };
}

test('mostra a linha com o rodapé, e Enter a dá', async () => {
  using linha = abrir({ inicial: 'olá' });
  await linha.ver('M: olá', '  para todos');
  linha.entrada.digitar('!\r');
  expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: 'olá!' });
  expect(linha.digitados.at(-1)).toBe('olá!');
});

describe('o menu', () => {
  const MENU = ['> 1) Falar', '  2) Sair'];

  test('fica acima da linha, e qualquer tecla que não seja dele vai para a linha e o fecha', async () => {
    using linha = abrir({ menuAberto: true });
    await linha.ver(...MENU, 'M:', '  para todos');
    linha.entrada.digitar('chego as 2');
    await linha.ver('M: chego as 2', '  para todos');
    expect(await linha.fileiras()).toHaveLength(2);
    linha.entrada.digitar('\r');
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: 'chego as 2' });
  });

  test.each([
    ['Enter: a que está marcada', ['\r'], 1],
    ['um algarismo e Enter', ['2', '\r'], 2],
    ['as setas, que dão a volta', [CIMA, '\r'], 2],
    ['um algarismo que se apaga', ['2', '\u007f', '\r'], 1],
  ])('escolhe com %s', async (_como, teclas, numero) => {
    using linha = abrir({ menuAberto: true });
    linha.entrada.digitar(...teclas);
    expect(await linha.resposta).toEqual({ tipo: 'escolha', numero, rascunho: '', algarismos: '' });
  });

  test('um algarismo seguido de um texto era o começo do texto', async () => {
    using linha = abrir({ menuAberto: true });
    linha.entrada.digitar('2');
    await linha.ver('  1) Falar', '> 2) Sair', 'M:', '  para todos');
    linha.entrada.digitar(' ', 'horas', '\r');
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: '2 horas' });
  });

  test('vários algarismos escolhem o último, mas podiam ser uma mensagem, e com um texto o são', async () => {
    for (const [teclas, dada] of [
      [['1', '2', '\r'], { tipo: 'escolha', numero: 2, rascunho: '', algarismos: '12' }],
      [['1', '2', 'h', '\r'], { tipo: 'digitada', texto: '12h' }],
    ] as const) {
      using linha = abrir({ menuAberto: true });
      linha.entrada.digitar(...teclas);
      expect(await linha.resposta).toEqual(dada);
    }
  });

  test('vem com a linha vazia, e com Esc, que não perde o que se digitou', async () => {
    using linha = abrir();
    linha.entrada.digitar('\r');
    await linha.ver(...MENU, 'M:', '  para todos');
    linha.entrada.digitar(`um texto${ESC}`);
    await linha.ver('M: um texto', '  para todos');
    linha.agenda.passar(FIM_DO_ESC);
    await linha.ver(...MENU, 'M: um texto', '  para todos');
    linha.entrada.digitar(ESC);
    linha.agenda.passar(FIM_DO_ESC);
    await linha.ver('M: um texto', '  para todos');
    expect(await linha.fileiras()).toHaveLength(2);
    linha.entrada.digitar(ESC);
    linha.agenda.passar(FIM_DO_ESC);
    linha.entrada.digitar('\r');
    expect(await linha.resposta).toEqual({ tipo: 'escolha', numero: 1, rascunho: 'um texto', algarismos: '' });
  });

  test('sem ele à vista, um algarismo sozinho escolhe dele, e diz que foi assim', async () => {
    using linha = abrir();
    linha.entrada.digitar('2\r');
    expect(await linha.resposta).toEqual({ tipo: 'escolha', numero: 2, rascunho: '', algarismos: '2' });
  });

  test.each(['3', ' 2', '22'])('%j não é uma opção: é uma mensagem', async (texto) => {
    using linha = abrir();
    linha.entrada.digitar(`${texto}\r`);
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto });
  });
});

describe('Ctrl+C', () => {
  test('limpa a linha, e diz o que estava nela', async () => {
    const limpos: string[] = [];
    using linha = abrir({ aoInterromper: (texto) => limpos.push(texto) > 0 });
    linha.entrada.digitar('um rascunho');
    await linha.ver('M: um rascunho', '  para todos');
    linha.entrada.digitar('\u0003');
    await linha.ver('M:', '  para todos');
    expect(limpos).toEqual(['um rascunho']);
    expect(linha.pedidos).toEqual([]);
  });

  test('encerra, se quem abriu a linha não fica com ele', async () => {
    using linha = abrir({ aoInterromper: () => false });
    linha.entrada.digitar('x\u0003');
    expect(linha.pedidos).toEqual(['encerrar']);
  });
});

test('o rodapé acompanha o que se digita, e o que muda por fora se vê já', async () => {
  let pessoas = 1;
  using linha = abrir({ rodape: (texto) => `${pessoas} leem ${texto}` });
  linha.entrada.digitar('oi');
  await linha.ver('M: oi', '  1 leem oi');
  pessoas = 2;
  linha.mudar.redesenhar();
  await linha.ver('M: oi', '  2 leem oi');
});

test('o que se oferece também muda por fora, e se vê já', async () => {
  let comandos = ['/sair', '/sala'];
  using linha = abrir({ oferecer: () => comandos });
  linha.entrada.digitar('/s');
  await linha.ver('M: /s', '  /sair    /sala', '  para todos');
  comandos = ['/sair', '/sala', '/senha'];
  linha.mudar.redesenhar();
  await linha.ver('M: /s', '  /sair     /sala     /senha', '  para todos');
});

test('quando nada mudou em torno da linha, nada se escreve no terminal', async () => {
  using linha = abrir();
  linha.entrada.digitar('oi');
  await linha.ver('M: oi', '  para todos');
  const escrito = linha.bytes();
  linha.mudar.redesenhar();
  await linha.lido();
  expect(linha.bytes()).toBe(escrito);
});

test('um texto devolvido entra na linha vazia, e nunca por cima do que se digita', async () => {
  const devolvidos = ['voltou'];
  using linha = abrir({ devolvido: () => devolvidos.shift() });
  linha.entrada.digitar('a');
  linha.mudar.redesenhar();
  await linha.ver('M: a', '  para todos');
  linha.entrada.digitar('\u007f');
  linha.mudar.redesenhar();
  await linha.ver('M: voltou', '  para todos');
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

  test('mostra os candidatos em colunas, até a próxima tecla', async () => {
    using linha = abrir({ completar: (texto, cursor) => ({ texto, cursor, candidatos: ['salas', 'sa\u202eir'] }) });
    linha.entrada.digitar('/s\t');
    await linha.ver('M: /s', '  salas           sa\\u{202e}ir', '  para todos');
    linha.entrada.digitar('x');
    await linha.ver('M: /sx', '  para todos');
  });
});

test('a barra mostra os comandos, cada vez menos, e o que já se sabe qual é não se oferece', async () => {
  using linha = abrir({ oferecer: (texto) => ['/historico', '/hora'].filter((um) => um.startsWith(texto)) });
  linha.entrada.digitar('/h');
  await linha.ver('M: /h', '  /historico    /hora', '  para todos');
  linha.entrada.digitar('i');
  await linha.ver('M: /hi', '  para todos');
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

  test('várias linhas se dão a quem perguntou, com o que já se tinha digitado, e com os tabs', async () => {
    using linha = abrir();
    linha.entrada.digitar('zero ', colar('\n  um\r\n/sair\n\ttrês\tx\n \n'));
    expect(await linha.resposta).toEqual({
      tipo: 'colado',
      texto: 'zero   um\n/sair\n\ttrês\tx',
      antes: 'zero ',
    });
  });

  test('no meio da linha, o que estava depois do cursor vai com a última', async () => {
    using linha = abrir({ inicial: 'ad' });
    linha.entrada.digitar('\u001b[D', colar('b\nc\n'));
    expect(await linha.resposta).toEqual({ tipo: 'colado', texto: 'ab\ncd', antes: 'a' });
  });

  test('uma linha só guarda os seus tabs', async () => {
    using linha = abrir();
    linha.entrada.digitar(colar('\ta\tb\n'));
    await linha.ver('M:     a    b', '  para todos');
    linha.entrada.digitar('\r');
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: '\ta\tb' });
  });
});

describe('várias linhas', () => {
  const ALT_ENTER = '\u001b\r';

  test('Alt+Enter quebra a linha, as setas andam pelas linhas, e Enter a dá inteira', async () => {
    using linha = abrir({ historico: ['antiga'] });
    linha.entrada.digitar('um', ALT_ENTER, 'dois', ALT_ENTER, 'x');
    await linha.ver('M: um', 'dois', 'x', '  para todos');
    linha.entrada.digitar(CIMA, CIMA, '!', BAIXO, '?');
    await linha.ver('M: u!m', 'do?is', 'x', '  para todos');
    linha.entrada.digitar(CIMA, CIMA);
    await linha.ver('M: antiga', '  para todos');
    linha.entrada.digitar(BAIXO, '\r');
    expect(await linha.resposta).toEqual({ tipo: 'digitada', texto: 'u!m\ndo?is\nx' });
  });

  test('numa linha vazia não há o que quebrar: é Enter', async () => {
    using linha = abrir();
    linha.entrada.digitar(ALT_ENTER);
    await linha.ver('> 1) Falar', '  2) Sair', 'M:', '  para todos');
  });
});
