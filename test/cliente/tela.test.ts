/** A tela sobre um terminal emulado, sem processo: o que se vê depois de cada coisa. */

import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import { Tela } from '../../src/cliente/tela.ts';

let abertos: headless.Terminal[] = [];

afterEach(() => {
  for (const terminal of abertos) terminal.dispose();
  abertos = [];
});

function montar(colunas: number, fileiras: number) {
  const terminal = new headless.Terminal({ cols: colunas, rows: fileiras, allowProposedApi: true });
  abertos.push(terminal);
  const ouvintes = new Set<() => void>();
  const tela = new Tela({
    write: (texto) => terminal.write(texto),
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    on: (_evento, ouvinte) => ouvintes.add(ouvinte),
    off: (_evento, ouvinte) => ouvintes.delete(ouvinte),
  });
  const assentar = async () => {
    await Promise.resolve();
    await new Promise<void>((resolve) => terminal.write('', resolve));
  };
  return {
    tela,
    /** Tudo, rolado ou não, até a última fileira escrita. */
    ver: async () => {
      await assentar();
      const { active } = terminal.buffer;
      const todas = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
      return todas.slice(0, todas.findLastIndex((fileira) => fileira !== '') + 1);
    },
    cursor: async () => {
      await assentar();
      const { active } = terminal.buffer;
      return [active.cursorX, active.baseY + active.cursorY];
    },
    redimensionar: async (novas: number) => {
      await assentar();
      terminal.resize(novas, terminal.rows);
      for (const ouvinte of ouvintes) ouvinte();
    },
  };
}

const pergunta = (digitado: string) => ({
  linhas: [{ texto: `P: ${digitado}` }],
  cursor: { linha: 0, antes: `P: ${digitado}` },
});

describe('as linhas', () => {
  test('ficam acima do quadro, em ordem, também quando ele dá a volta e a janela rola', async () => {
    const { tela, ver, cursor } = montar(10, 4);
    tela.desenhar(pergunta('abcdefghijkl'));
    expect(await ver()).toEqual(['P: abcdefg', 'hijkl']);
    for (let n = 1; n <= 6; n += 1) {
      tela.mostrar(`linha ${n}`);
      await ver();
    }
    tela.mostrar('comprida demais', 'curta');
    expect(await ver()).toEqual([
      ...['linha 1', 'linha 2', 'linha 3', 'linha 4', 'linha 5', 'linha 6'],
      ...['comprida d', 'emais', 'curta', 'P: abcdefg', 'hijkl'],
    ]);
    expect(await cursor()).toEqual([5, 10]);
  });

  test('com um quadro que enche exatamente a fileira, nada sobra nem falta', async () => {
    const { tela, ver, cursor } = montar(10, 6);
    tela.desenhar(pergunta('abcdefg'));
    tela.mostrar('1234567890');
    expect(await ver()).toEqual(['1234567890', 'P: abcdefg']);
    expect(await cursor()).toEqual([0, 2]);
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
  test.each([10, 15, 20, 40, 60])('que passa de 30 a %i colunas redesenha sem restos', async (colunas) => {
    const { tela, ver, redimensionar } = montar(30, 20);
    const digitado = 'abcdefghij'.repeat(5);
    tela.mostrar('antes');
    tela.desenhar(pergunta(digitado));
    await redimensionar(colunas);
    tela.mostrar('depois');
    const visto = await ver();
    expect(visto.slice(0, 2)).toEqual(['antes', 'depois']);
    expect(visto.slice(2).join('')).toBe(`P: ${digitado}`);
  });
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
