/** A tela de um terminal → um SVG: cada trecho de mesma cor na sua coluna, para que o alinhamento não dependa da fonte. */

import type { IBufferCell, IBufferLine, Terminal } from '@xterm/headless';
import { TEMAS, type Tema } from './temas.ts';

const LARGURA = 8.4;
const ALTURA = 18;
const MARGEM = 16;
const BARRA = 28;

/** Uma cor da paleta de 256: 16 básicas, um cubo de 6×6×6, e 24 cinzas. */
function daPaleta(indice: number, { basicas }: Tema): string {
  const basica = basicas[indice];
  if (basica) return basica;
  if (indice >= 232) return emHexa(Array<number>(3).fill(8 + (indice - 232) * 10));
  const nivel = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const cubo = indice - 16;
  return emHexa([Math.floor(cubo / 36), Math.floor(cubo / 6) % 6, cubo % 6].map(nivel));
}

function emHexa(partes: readonly number[]): string {
  return `#${partes.map((parte) => parte.toString(16).padStart(2, '0')).join('')}`;
}

function cor(celula: IBufferCell, tema: Tema): string {
  if (celula.isInverse()) return tema.fundo;
  if (celula.isFgPalette()) return daPaleta(celula.getFgColor(), tema);
  if (celula.isFgRGB()) return `#${celula.getFgColor().toString(16).padStart(6, '0')}`;
  return tema.texto;
}

function estilo(celula: IBufferCell, tema: Tema): string {
  const partes = [`fill="${cor(celula, tema)}"`];
  if (celula.isBold()) partes.push('font-weight="bold"');
  if (celula.isDim()) partes.push('opacity="0.65"');
  if (celula.isUnderline()) partes.push('text-decoration="underline"');
  return partes.join(' ');
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapar(texto: string): string {
  return texto.replace(/[&<>"]/g, (caractere) => ESCAPES[caractere] ?? caractere);
}

/** Um pedaço de uma fileira, todo da mesma cor. */
interface Trecho {
  /** A coluna em que começa. */
  readonly x: number;
  /** Quantas colunas ocupa. */
  largura: number;
  texto: string;
  /** Os atributos do SVG. */
  readonly como: string;
}

function trechos(linha: IBufferLine | undefined, colunas: number, tema: Tema): Trecho[] {
  const feitos: Trecho[] = [];
  for (let x = 0; x < colunas; ) {
    const celula = linha?.getCell(x);
    if (!celula) break;
    const largura = Math.max(celula.getWidth(), 1);
    const texto = celula.getChars() || ' ';
    const como = estilo(celula, tema);
    const anterior = feitos.at(-1);
    if (anterior?.como === como) {
      anterior.texto += texto;
      anterior.largura += largura;
    } else feitos.push({ x, largura, texto, como });
    x += largura;
  }
  return feitos.filter(({ texto }) => texto.trim() !== '').map(semEspacosNasPontas);
}

/** Nem todo leitor de SVG respeita espaços nas pontas: a coluna em que o texto começa diz o mesmo. */
function semEspacosNasPontas({ x, largura, texto, como }: Trecho): Trecho {
  const antes = texto.length - texto.trimStart().length;
  const depois = texto.length - texto.trimEnd().length;
  return { x: x + antes, largura: largura - antes - depois, texto: texto.trim(), como };
}

export interface Traco {
  /** O emulador sabe onde está o cursor, mas não se ele se vê. */
  readonly comCursor?: boolean;
  readonly tema?: Tema;
}

/** As células em vídeo inverso: o cursor que o próprio programa pinta. */
function inversas({ buffer, rows, cols }: Terminal): { readonly x: number; readonly y: number }[] {
  const { baseY } = buffer.active;
  const todas = Array.from({ length: rows * cols }, (_, i) => ({ x: i % cols, y: Math.floor(i / cols) }));
  return todas.filter(({ x, y }) =>
    buffer.active
      .getLine(baseY + y)
      ?.getCell(x)
      ?.isInverse(),
  );
}

export function desenhar(
  xterm: Terminal,
  titulo: string,
  { comCursor = false, tema = TEMAS.mocha }: Traco = {},
): string {
  const { cols, rows, buffer } = xterm;
  const { baseY } = buffer.active;
  const [largura, altura] = [Math.ceil(cols * LARGURA) + 2 * MARGEM, rows * ALTURA + 2 * MARGEM + BARRA];
  const ondeX = (x: number) => (MARGEM + x * LARGURA).toFixed(1);
  const linhas = Array.from({ length: rows }, (_, y) => {
    const base = BARRA + MARGEM + y * ALTURA + 13;
    return trechos(buffer.active.getLine(baseY + y), cols, tema).map(({ x, largura: ocupa, texto, como }) => {
      const medida = `textLength="${(ocupa * LARGURA).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
      return `<text x="${ondeX(x)}" y="${base}" ${medida} ${como} xml:space="preserve">${escapar(texto)}</text>`;
    });
  }).flat();
  const { cursorX: x, cursorY: y } = buffer.active;
  const pintadas = inversas(xterm);
  // Quem pinta o próprio cursor esconde o do terminal.
  const cursores = pintadas.length > 0 ? pintadas : comCursor ? [{ x, y }] : [];
  const cursor = cursores.map((onde) => {
    const topo = BARRA + MARGEM + onde.y * ALTURA;
    return `\n<rect x="${ondeX(onde.x)}" y="${topo}" width="${LARGURA}" height="${ALTURA - 1}" fill="${tema.texto}"/>`;
  });
  const botoes = ['#f38ba8', '#f9e2af', '#a6e3a1'].map(
    (fill, i) => `<circle cx="${18 + i * 18}" cy="16" r="5.5" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${largura}" height="${altura}" viewBox="0 0 ${largura} ${altura}" role="img" aria-label="${escapar(titulo)}">
<rect width="100%" height="100%" rx="8" fill="${tema.fundo}"/>
${botoes.join('')}${cursor.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<text x="${largura / 2}" y="20" text-anchor="middle" fill="${tema.texto}" opacity="0.65">${escapar(titulo)}</text>
${linhas.join('\n')}
</g>
</svg>
`;
}
