/** Nada do que outra pessoa escolhe manda num terminal: para qualquer texto, e num terminal de verdade. */

import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatarMensagem } from '../../src/dominio/mensagens.ts';
import { tornarVisivel } from '../../src/dominio/visivel.ts';
import { textoQualquer } from './textos.ts';

const PERIGOSO = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/u;
const EMOJI = /\p{RGI_Emoji}/gv;
const COLUNAS = 2_000;

/** Um terminal que anota tudo o que uma linha de texto não devia fazer. */
function abrirTerminal() {
  const terminal = new headless.Terminal({ cols: COLUNAS, rows: 4, allowProposedApi: true });
  onTestFinished(() => terminal.dispose());
  const efeitos: string[] = [];
  terminal.onBell(() => efeitos.push('campainha'));
  terminal.onTitleChange((titulo) => efeitos.push(`título ${titulo}`));
  terminal.onLineFeed(() => efeitos.push('outra linha'));
  terminal.onScroll(() => efeitos.push('rolagem'));
  const escrever = (texto: string) => new Promise<void>((feito) => terminal.write(texto, feito));
  const coluna = () => terminal.buffer.active.cursorX;
  const linha = () => terminal.buffer.active.getLine(0);
  return {
    efeitos,
    coluna,
    escrever,
    /** @returns a coluna em que o cursor ficou depois de cada pedaço */
    escreverAosPedacos: async (pedacos: readonly string[]) => {
      const colunas: number[] = [];
      for (const pedaco of pedacos) terminal.write(pedaco, () => void colunas.push(coluna()));
      await escrever('');
      return colunas;
    },
    fileira: () => terminal.buffer.active.cursorY,
    texto: () => linha()?.translateToString(true) ?? '',
    coloridas: () =>
      Array.from({ length: coluna() }, (_, x) => linha()?.getCell(x)).filter((celula) => !celula?.isAttributeDefault())
        .length,
    limpar: () => escrever('\u001b[2K\r').then(() => void efeitos.splice(0)),
  };
}

describe('um texto tornado visível', () => {
  test('não tem nada que um terminal obedeça ou não mostre, a não ser dentro de um emoji', () => {
    fc.assert(
      fc.property(textoQualquer, (texto) => {
        expect(tornarVisivel(texto).replace(EMOJI, '')).not.toMatch(PERIGOSO);
      }),
      { numRuns: 3_000 },
    );
  });

  test('não começa por uma marca, nem a tem depois de um espaço, nem as empilha', () => {
    fc.assert(
      fc.property(textoQualquer, (texto) => {
        const visivel = tornarVisivel(texto);
        expect(visivel).not.toMatch(/(?:^|\s)\p{M}/u);
        expect(visivel).not.toMatch(/\p{M}{6}/u);
        expect(visivel).not.toMatch(/(?:^|[^\u25cc\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\p{M}])[\u1160-\u11ff]/u);
      }),
      { numRuns: 3_000 },
    );
  });

  test('não muda se tornado visível de novo', () => {
    fc.assert(
      fc.property(textoQualquer, (texto) => {
        expect(tornarVisivel(tornarVisivel(texto))).toBe(tornarVisivel(texto));
      }),
      { numRuns: 2_000 },
    );
  });

  test('conserva cada letra, dígito e sinal, na ordem em que vieram', () => {
    const semMarcas = /[^\p{L}\p{N}\p{P}\p{S}]|\p{Default_Ignorable_Code_Point}|[\u1160-\u11ff\ud7b0-\ud7ff]/gu;
    fc.assert(
      fc.property(textoQualquer, (texto) => {
        const vistas = [...tornarVisivel(texto)];
        let lugar = -1;
        for (const letra of texto.replace(semMarcas, '')) {
          lugar = vistas.indexOf(letra, lugar + 1);
          expect(lugar, `falta ${letra}`).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('num terminal', () => {
  test('a linha de qualquer mensagem só anda para a frente, na sua fileira, sem cor, título nem campainha', async () => {
    const terminal = abrirTerminal();
    await fc.assert(
      fc.asyncProperty(textoQualquer, textoQualquer, textoQualquer, async (origem, destino, conteudo) => {
        await terminal.limpar();
        const linha = formatarMensagem({
          id: 1,
          sala: 'Sala',
          tipo: 'unicast',
          origem,
          destino,
          conteudo,
          timestamp: '2024-01-15T12:00:00.000Z',
        });
        const colunas = await terminal.escreverAosPedacos([...linha]);
        expect(colunas).toEqual([...colunas].sort((a, b) => a - b));
        expect(terminal.fileira()).toBe(0);
        expect(terminal.efeitos).toEqual([]);
        expect(terminal.coloridas()).toBe(0);
        expect(terminal.texto()).toMatch(/^\[\d\d:\d\d:\d\d\] /);
      }),
      { numRuns: 500 },
    );
  });

  test('um caractere qualquer que outra pessoa escolha ocupa um lugar que se vê', async () => {
    const terminal = abrirTerminal();
    /** Para a tabela de larguras do xterm, de um Unicode antigo, é uma marca. */
    const ENGANOS_DO_XTERM = new Set([0x06de]);
    const codigos = Array.from({ length: 0x11_0000 }, (_, codigo) => codigo).filter(
      (codigo) => !ENGANOS_DO_XTERM.has(codigo) && !/[\p{Cn}\p{Zs}\p{Script=Han}]/u.test(String.fromCodePoint(codigo)),
    );
    const pedacos = codigos.map((codigo) => `\r${tornarVisivel(String.fromCodePoint(codigo))}`);
    const colunas = await terminal.escreverAosPedacos(pedacos);
    const ocultos = codigos.filter((_, indice) => colunas[indice] === 0).map((codigo) => codigo.toString(16));
    expect(ocultos).toEqual([]);
  });
});
