/** A tela sobre um terminal emulado, sem processo: o que se vê depois de cada coisa. */

import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import { type Saida, Tela } from '../../../../../src/cliente/terminal/tela/tela.ts';
import { comSorteio } from '../../../../suporte/sorteio.ts';

let abertos: headless.Terminal[] = [];

afterEach(() => {
  for (const terminal of abertos) terminal.dispose();
  abertos = [];
});

interface Emulado {
  /** Os terminais que, ao estreitar, cortam as fileiras em vez de as repartir. */
  readonly corta?: boolean;
}

function montar(colunas: number, fileiras: number, { corta = false }: Emulado = {}) {
  const terminal = new headless.Terminal({
    cols: colunas,
    rows: fileiras,
    allowProposedApi: true,
    // O emulador corta quando se lhe diz que é um Windows desta idade.
    ...(corta ? { windowsPty: { backend: 'conpty', buildNumber: 19_000 } } : {}),
  });
  abertos.push(terminal);
  /** O que o cliente sabe: a notícia de uma mudança chega depois dela. */
  let sabidas = colunas;
  /** O que se escreveu e o terminal ainda não leu. */
  let aCaminho = '';
  const ouvintes = new Set<() => void>();
  const saida: Saida = {
    write: (texto) => {
      aCaminho += texto;
    },
    get columns() {
      return sabidas;
    },
    get rows() {
      return terminal.rows;
    },
    on: (_evento, ouvinte) => ouvintes.add(ouvinte),
    off: (_evento, ouvinte) => ouvintes.delete(ouvinte),
  };
  const tela = new Tela(saida, { codificar: (texto) => texto });
  const ler = async (quantos: (total: number) => number) => {
    await Promise.resolve();
    const ate = quantos(aCaminho.length);
    const lido = aCaminho.slice(0, ate);
    aCaminho = aCaminho.slice(ate);
    await new Promise<void>((resolve) => terminal.write(lido, resolve));
  };
  const assentar = () => ler((total) => total);
  return {
    tela,
    /** Tudo, rolado ou não, até a última fileira escrita. */
    ver: async () => {
      await assentar();
      const { active } = terminal.buffer;
      const todas = Array.from(
        { length: active.length },
        (_, y) => active.getLine(y)?.translateToString(false, 0, terminal.cols).trimEnd() ?? '',
      );
      return todas.slice(0, todas.findLastIndex((fileira) => fileira !== '') + 1);
    },
    cursor: async () => {
      await assentar();
      const { active } = terminal.buffer;
      return [active.cursorX, active.baseY + active.cursorY];
    },
    /** O terminal lê uma parte do que se escreveu. */
    ler,
    /** O terminal muda; nós só o sabemos com a notícia. */
    redimensionar: (novas: number) => terminal.resize(novas, terminal.rows),
    noticiar: () => {
      sabidas = terminal.cols;
      for (const ouvinte of ouvintes) ouvinte();
    },
    /** Os caracteres em vídeo inverso. */
    inversos: () => {
      const { active } = terminal.buffer;
      return Array.from({ length: active.length }, (_, y) => active.getLine(y))
        .flatMap((linha) => Array.from({ length: terminal.cols }, (_, x) => linha?.getCell(x)))
        .filter((celula) => celula?.isInverse())
        .map((celula) => celula?.getChars() || ' ');
    },
  };
}

const pergunta = (digitado: string) => ({
  linhas: [{ texto: `P: ${digitado}` }],
  cursor: { linha: 0, antes: `P: ${digitado}` },
});

describe('as linhas', () => {
  test('ficam acima do quadro, em ordem, também quando ele dá a volta e a janela rola', async () => {
    const { tela, ver } = montar(10, 4);
    tela.desenhar(pergunta('abcdefghijkl'));
    expect(await ver()).toEqual(['P: abcdefg', 'hijkl']);
    for (let n = 1; n <= 6; n += 1) {
      tela.mostrar(`linha ${n}`);
      await ver();
    }
    tela.mostrar('comprida demais', 'curta');
    expect(await ver()).toEqual([
      ...['linha 1', 'linha 2', 'linha 3', 'linha 4', 'linha 5', 'linha 6'],
      ...['comprida', '  demais', 'curta', 'P: abcdefg', 'hijkl'],
    ]);
  });

  test('com o cursor além da primeira fileira, o do terminal espera no começo, e o que se vê é pintado', async () => {
    const { tela, ver, cursor, inversos } = montar(10, 6);
    const digitado = 'abcdefghijkl';
    tela.desenhar({ linhas: [{ texto: `P: ${digitado}` }], cursor: { linha: 0, antes: 'P: abcdefghi' } });
    tela.mostrar('linha');
    expect(await ver()).toEqual(['linha', 'P: abcdefg', 'hijkl']);
    expect(await cursor()).toEqual([0, 1]);
    expect(inversos()).toEqual(['j']);
    tela.desenhar(pergunta(digitado));
    await ver();
    expect(inversos()).toEqual([' ']);
    tela.desenhar(pergunta('abc'));
    await ver();
    expect(inversos()).toEqual([]);
    expect(await cursor()).toEqual([6, 1]);
  });

  test('com um quadro que enche exatamente a fileira, nada sobra nem falta', async () => {
    const { tela, ver, cursor } = montar(10, 6);
    tela.desenhar(pergunta('abcdefg'));
    tela.mostrar('1234567890');
    expect(await ver()).toEqual(['1234567890', 'P: abcdefg']);
    expect(await cursor()).toEqual([0, 1]);
    tela.mostrar('fim');
    expect(await ver()).toEqual(['1234567890', 'fim', 'P: abcdefg']);
  });

  test('um terminal que mede outra largura não faz perder linha alguma', async () => {
    const { tela, ver } = montar(10, 8);
    tela.desenhar(pergunta('😀😀😀😀😀'));
    tela.mostrar('um');
    await ver();
    tela.mostrar('dois');
    const visto = await ver();
    expect(visto.slice(0, 2)).toEqual(['um', 'dois']);
    expect(visto.filter((fileira) => fileira.startsWith('P:'))).toHaveLength(1);
  });
});

describe('a janela', () => {
  const DIGITADO = 'abcdefghij'.repeat(5);

  test.each([
    [10, true],
    [20, true],
    [40, true],
    [40, false],
    [60, false],
  ])('que passa de 30 a %i colunas redesenha sem restos', async (colunas, corta) => {
    const { tela, ver, redimensionar, noticiar } = montar(30, 20, { corta });
    tela.mostrar('antes');
    tela.desenhar(pergunta(DIGITADO));
    await ver();
    redimensionar(colunas);
    noticiar();
    tela.mostrar('depois');
    const visto = await ver();
    expect(visto.slice(0, 2)).toEqual(['antes', 'depois']);
    expect(visto.slice(2).join('')).toBe(`P: ${DIGITADO}`);
  });

  test.each([
    ['reparte', false],
    ['corta', true],
  ])('de um terminal que %s as fileiras muda no meio de qualquer escrita, e nem uma linha se perde', (_como, corta) =>
    comSorteio(async ({ inteiro, um }) => {
      const { tela, ver, ler, redimensionar, noticiar } = montar(60, 12, { corta });
      let linhas = 0;
      const acoes = [
        () => {
          linhas += 1;
          tela.mostrar(`linha ${linhas};`);
        },
        () => tela.desenhar(pergunta('abcdefghij'.repeat(inteiro(20)))),
        () => redimensionar(um([60, 40, 90, 50, 33, 71, 12])),
        noticiar,
      ];
      for (let passo = 0; passo < 400; passo += 1) {
        um(acoes)();
        await ler((total) => inteiro(total + 1));
      }
      tela.retirar();
      // O que sobra de um quadro, ou volta a ver-se de uma fileira cortada, não é linha.
      const vistas = (await ver()).map((fileira) => /^linha \d+;/.exec(fileira)?.[0]).filter(Boolean);
      expect(vistas).toEqual(Array.from({ length: linhas }, (_, n) => `linha ${n + 1};`));
    }),
  );
});

test('retirar tira o quadro; fechar escreve o que falta e mais nada depois', async () => {
  const { tela, ver } = montar(20, 6);
  tela.desenhar(pergunta('x'));
  tela.mostrar('fica');
  tela.retirar();
  expect(await ver()).toEqual(['fica']);
  tela.desenhar(pergunta('y'));
  tela.mostrar('última');
  tela.close();
  tela.close();
  tela.mostrar('tarde demais');
  expect(await ver()).toEqual(['fica', 'última']);
});
