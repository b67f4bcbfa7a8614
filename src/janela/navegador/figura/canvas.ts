/** Formas → um canvas. As linhas da mesma cor e espessura saem num traço só: mil por segundo cabem num quadro. */

import type { Forma } from '../../pagina/desenho/formas.ts';
import { type Paleta, pontaDe } from '../../pagina/desenho/svg.ts';

type Linha = Extract<Forma, { readonly tipo: 'linha' }>;
type Area = Extract<Forma, { readonly tipo: 'area' }>;

const OPACIDADE = { cheia: 0.55, leve: 0.3, hachurada: 0.25, vazada: 0 } as const;
/** De quantos em quantos pixels se traça uma hachura. */
const PASSO_DA_HACHURA = 8;

/** @param realcada a chamada sob o cursor, ou escolhida pelo teclado */
export function pintar(
  contexto: CanvasRenderingContext2D,
  formas: readonly Forma[],
  { fundo, tintas }: Paleta,
  realcada: string | undefined,
): void {
  const linhas = new Map<string, Linha[]>();
  const { fontFamily, fontSize } = getComputedStyle(contexto.canvas);
  contexto.font = `600 ${fontSize} ${fontFamily}`;
  for (const forma of formas) {
    if (forma.tipo === 'linha') juntar(linhas, forma, forma.chamada !== undefined && forma.chamada === realcada);
    else if (forma.tipo === 'area') pintarArea(contexto, forma, tintas[forma.tinta]);
  }
  pintarHalo(contexto, formas, realcada, tintas.texto);
  for (const grupo of linhas.values()) pintarLinhas(contexto, grupo, tintas);
  for (const forma of formas) {
    if (forma.tipo === 'texto') pintarTexto(contexto, forma, tintas[forma.tinta], fundo);
  }
  for (const forma of formas) {
    if (forma.tipo === 'cruz') pintarCruz(contexto, forma.x, forma.y, tintas[forma.tinta]);
  }
}

/** O que se escolheu tem um halo: a espessura sozinha não se acharia entre dezenas de setas. */
function pintarHalo(
  contexto: CanvasRenderingContext2D,
  formas: readonly Forma[],
  realcada: string | undefined,
  cor: string,
): void {
  if (realcada === undefined) return;
  const traco = new Path2D();
  for (const forma of formas) {
    if (forma.tipo === 'linha' && forma.chamada === realcada) percorrer(traco, forma.pontos);
  }
  contexto.strokeStyle = cor;
  contexto.globalAlpha = 0.22;
  contexto.lineWidth = 14;
  contexto.lineCap = 'round';
  contexto.stroke(traco);
  contexto.lineCap = 'butt';
  contexto.globalAlpha = 1;
}

function juntar(grupos: Map<string, Linha[]>, linha: Linha, realcada: boolean): void {
  const espessura = realcada ? linha.espessura + 3 : linha.espessura;
  const chave = `${linha.tinta} ${espessura} ${linha.tracejada === true}`;
  const grupo = grupos.get(chave);
  const nova = realcada ? { ...linha, espessura } : linha;
  if (grupo) grupo.push(nova);
  else grupos.set(chave, [nova]);
}

function pintarLinhas(contexto: CanvasRenderingContext2D, grupo: readonly Linha[], tintas: Paleta['tintas']): void {
  const [primeira] = grupo;
  if (!primeira) return;
  const traco = new Path2D();
  const pontas = new Path2D();
  for (const { pontos, seta } of grupo) {
    percorrer(traco, pontos);
    if (seta) fechar(pontas, pontaDe(pontos));
  }
  contexto.strokeStyle = tintas[primeira.tinta];
  contexto.fillStyle = tintas[primeira.tinta];
  contexto.lineWidth = primeira.espessura;
  contexto.setLineDash(primeira.tracejada ? [6, 4] : []);
  contexto.stroke(traco);
  contexto.fill(pontas);
  contexto.setLineDash([]);
}

function pintarArea(contexto: CanvasRenderingContext2D, { pontos, preenchida }: Area, cor: string): void {
  const caminho = new Path2D();
  fechar(caminho, pontos);
  contexto.fillStyle = cor;
  contexto.strokeStyle = cor;
  contexto.lineWidth = 1.5;
  contexto.globalAlpha = OPACIDADE[preenchida];
  contexto.fill(caminho);
  contexto.globalAlpha = 1;
  if (preenchida === 'vazada' || preenchida === 'cheia') contexto.stroke(caminho);
  if (preenchida === 'hachurada') hachurar(contexto, caminho, pontos);
}

function hachurar(
  contexto: CanvasRenderingContext2D,
  caminho: Path2D,
  pontos: readonly (readonly [number, number])[],
): void {
  const [esquerda, topo] = pontos[0] ?? [0, 0];
  const [direita, base] = pontos[2] ?? [0, 0];
  contexto.save();
  contexto.clip(caminho);
  contexto.beginPath();
  for (let y = topo - (direita - esquerda); y < base; y += PASSO_DA_HACHURA) {
    contexto.moveTo(esquerda, y + (direita - esquerda));
    contexto.lineTo(direita, y);
  }
  contexto.stroke();
  contexto.restore();
}

function pintarCruz(contexto: CanvasRenderingContext2D, x: number, y: number, cor: string): void {
  contexto.strokeStyle = cor;
  contexto.lineWidth = 3.5;
  contexto.beginPath();
  contexto.moveTo(x - 7, y - 7);
  contexto.lineTo(x + 7, y + 7);
  contexto.moveTo(x + 7, y - 7);
  contexto.lineTo(x - 7, y + 7);
  contexto.stroke();
}

function pintarTexto(
  contexto: CanvasRenderingContext2D,
  { x, y, texto, alinhado }: Extract<Forma, { readonly tipo: 'texto' }>,
  cor: string,
  fundo: string,
): void {
  const ALINHAMENTOS = { esquerda: 'left', centro: 'center', direita: 'right' } as const;
  contexto.textAlign = ALINHAMENTOS[alinhado];
  contexto.fillStyle = cor;
  // Um contorno da cor do fundo: o texto se lê por cima das setas.
  contexto.strokeStyle = fundo;
  contexto.lineWidth = 5;
  contexto.lineJoin = 'round';
  contexto.strokeText(texto, x, y);
  contexto.fillText(texto, x, y);
}

function percorrer(caminho: Path2D, pontos: readonly (readonly [number, number])[]): void {
  for (const [indice, [x, y]] of pontos.entries()) {
    if (indice === 0) caminho.moveTo(x, y);
    else caminho.lineTo(x, y);
  }
}

function fechar(caminho: Path2D, pontos: readonly (readonly [number, number])[]): void {
  percorrer(caminho, pontos);
  caminho.closePath();
}

/** A chamada mais perto de um ponto, até uns poucos pixels dele. */
export function chamadaEm(formas: readonly Forma[], x: number, y: number, ateOndePx = 8): string | undefined {
  let melhor: string | undefined;
  let menor = ateOndePx;
  for (const forma of formas) {
    const chamada = 'chamada' in forma ? forma.chamada : undefined;
    if (chamada === undefined) continue;
    const distancia = distanciaAte(forma, x, y);
    if (distancia < menor) {
      menor = distancia;
      melhor = chamada;
    }
  }
  return melhor;
}

function distanciaAte(forma: Forma, x: number, y: number): number {
  if (forma.tipo === 'cruz') return Math.hypot(forma.x - x, forma.y - y);
  if (forma.tipo === 'texto') return Number.POSITIVE_INFINITY;
  const pontos = forma.tipo === 'area' ? [...forma.pontos, ...forma.pontos.slice(0, 1)] : forma.pontos;
  let menor = Number.POSITIVE_INFINITY;
  for (let i = 1; i < pontos.length; i += 1) {
    const [de, ate] = [pontos[i - 1], pontos[i]];
    if (de && ate) menor = Math.min(menor, distanciaAoSegmento(de, ate, x, y));
  }
  return menor;
}

function distanciaAoSegmento(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  x: number,
  y: number,
): number {
  const comprimento2 = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const t =
    comprimento2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / comprimento2));
  return Math.hypot(x1 + t * (x2 - x1) - x, y1 + t * (y2 - y1) - y);
}
