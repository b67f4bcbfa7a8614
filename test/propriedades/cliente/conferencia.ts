/** O que vale em qualquer sessão do cliente: nada se perde do que se digita nem do que chega, e nada de fora chega cru. */

import type { Terminal as XTerm } from '@xterm/headless';
import { expect } from 'vitest';
import type { Quadro } from '../../../src/cliente/terminal/tela/quadro.ts';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { lerMovimento } from '../../../src/dominio/mensagens.ts';
import { emLinhasVisiveis } from '../../../src/dominio/visivel.ts';
import type { Palco } from './palco.ts';

/** Tudo o que o cliente pode mandar a um terminal: cores, o quadro, os modos, o título, os avisos e os links. */
const SEQUENCIAS = [
  String.raw`\[[\d;]*m`,
  String.raw`\[J|\[H|\[2J|\[\d+A`,
  String.raw`\[\?(?:7|25|1004|2004)[hl]`,
  String.raw`\[2[23];2t`,
  String.raw`\](?:2|8|9|11|99|777);[^\p{Cc}]*(?:\u0007|\u001b\\)`,
];
const SEQUENCIA = new RegExp(`\u001b(?:${SEQUENCIAS.join('|')})`, 'gu');
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const CONTROLE = /(?![\r\n\u0007])\p{Cc}/u;
const TITULO = /^(?:\(\d+\) )?(?:Geral - )?chat$/;

/** A linha em que se digita; `undefined` se ela não está na tela, ou se o cursor é a opção de um menu. */
export function linhaAberta(
  quadro: Quadro | undefined,
): { readonly texto: string; readonly antes: string } | undefined {
  const linha = quadro?.cursor && quadro.linhas[quadro.cursor.linha];
  return linha && 'texto' in linha && quadro.cursor ? { texto: linha.texto, antes: quadro.cursor.antes } : undefined;
}

/** A coluna e a fileira em que a pessoa vê o cursor: o que o terminal tem, ou o que se pintou. */
function ondeEstaOCursor({ buffer, cols }: XTerm): readonly [x: number, y: number] {
  const { active } = buffer;
  const primeira = active.baseY + active.cursorY;
  for (let y = primeira; y < active.length; y += 1) {
    for (let x = 0; x < cols; x += 1) if (active.getLine(y)?.getCell(x)?.isInverse()) return [x, y];
  }
  return [active.cursorX, primeira];
}

/** O caractere antes do cursor, na tela, é o que a linha tem antes dele. */
export async function conferirCursor(palco: Palco): Promise<void> {
  const linha = linhaAberta(palco.quadro());
  const esperado = [...(linha?.antes ?? '')].at(-1) ?? '';
  if (esperado.trim() === '') return;
  const xterm = await palco.terminal.lido();
  let [x, y] = ondeEstaOCursor(xterm);
  let visto = '';
  while (visto === '' && y >= 0) {
    x -= 1;
    if (x < 0) [x, y] = [xterm.cols - 1, y - 1];
    visto = xterm.buffer.active.getLine(y)?.getCell(x)?.getChars() ?? '';
  }
  expect(visto, `o que está antes do cursor, de ${JSON.stringify(linha)}`).toBe(esperado);
}

/** Cada mensagem está na página uma vez, inteira, e na ordem em que foi dita; o que se pediu de novo pode estar mais vezes. */
export async function conferirPagina(palco: Palco): Promise<void> {
  const { buffer } = await palco.terminal.lido();
  const fileiras = Array.from(
    { length: buffer.active.length },
    (_, y) => buffer.active.getLine(y)?.translateToString(true) ?? '',
  );
  // As quebras e os recuos são da janela em que cada linha se escreveu.
  const pagina = semEspacos(fileiras.join(''));
  let onde = 0;
  // Quem entra e quem sai se junta numa linha.
  const ditas = palco.sala.mensagens.filter((uma) => !lerMovimento(uma));
  for (const mensagem of ditas) {
    const texto = textoNaPagina(mensagem);
    const achada = pagina.indexOf(texto, onde);
    expect(achada, `"${texto}" não está na página, ou não na ordem:\n${fileiras.join('\n')}`).toBeGreaterThanOrEqual(0);
    onde = achada + texto.length;
    // O que a própria pessoa disse ela pode dizer de novo, também como o começo de outra mensagem.
    const iguais = ditas.filter((uma) => textoNaPagina(uma).startsWith(texto));
    if (iguais.some(({ id }) => id <= palco.sala.repetidas)) continue;
    expect(pagina.split(texto).length - 1, `vezes de "${texto}":\n${fileiras.join('\n')}`).toBe(iguais.length);
  }
}

function textoNaPagina({ origem, destino, tipo, conteudo }: Mensagem): string {
  const quem = tipo === 'unicast' ? `${origem} -> ${destino}` : origem;
  return semEspacos(`${quem}: ${emLinhasVisiveis(conteudo).join('')}`);
}

function semEspacos(texto: string): string {
  return texto.replace(/\s/gu, '');
}

/** Cada caractere que se digitou foi dito, está no histórico da linha, ou no que a pessoa deixou. */
export function conferirTeclas(
  digitadas: ReadonlySet<string>,
  { sala, historico }: Palco,
  deixado: readonly string[],
): void {
  const achadas = new Set(
    [...sala.mensagens.map(({ conteudo }) => conteudo), ...historico, ...deixado].flatMap((texto) => [...texto]),
  );
  expect([...digitadas].filter((tecla) => !achadas.has(tecla))).toEqual([]);
}

/** O terminal só recebe o que o cliente escreve por vontade dele. */
export async function conferirBytes({ terminal }: Palco, titulos: readonly string[]): Promise<void> {
  const resto = terminal.bytes().replace(SEQUENCIA, '');
  const onde = resto.search(CONTROLE);
  expect(onde < 0 ? '' : JSON.stringify(resto.slice(Math.max(0, onde - 20), onde + 40))).toBe('');
  expect(titulos.filter((titulo) => !TITULO.test(titulo) && titulo !== '')).toEqual([]);
}
