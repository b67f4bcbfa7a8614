/** Formas → um SVG que se abre em qualquer lugar, sem nada de fora. */

import { escapar } from '../escapar.ts';
import type { Forma, Tinta } from './formas.ts';

export interface Paleta {
  readonly fundo: string;
  readonly tintas: Readonly<Record<Tinta, string>>;
}

/** @param titulos o nome de cada faixa, no alto dela */
export function emSvg(
  formas: readonly Forma[],
  titulos: readonly { readonly x: number; readonly texto: string }[],
  { largura, altura }: { readonly largura: number; readonly altura: number },
  paleta: Paleta,
): string {
  const { fundo, tintas } = paleta;
  const CABECALHO = 40;
  const cabecas = titulos.map(
    ({ x, texto }) =>
      `<text x="${x}" y="26" text-anchor="middle" font-weight="600" fill="${tintas.texto}">${escapar(texto)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${largura} ${altura + CABECALHO}" font-family="system-ui, sans-serif" font-size="14">`,
    `<rect width="${largura}" height="${altura + CABECALHO}" fill="${fundo}"/>`,
    ...cabecas,
    `<g transform="translate(0 ${CABECALHO})">`,
    ...formas.map((forma) => emElemento(forma, paleta)),
    '</g></svg>',
    '',
  ].join('\n');
}

function emElemento(forma: Forma, { fundo, tintas }: Paleta): string {
  const cor = tintas[forma.tinta];
  switch (forma.tipo) {
    case 'linha': {
      const traco = forma.tracejada ? ' stroke-dasharray="6 4"' : '';
      const pontos = forma.pontos.map(emPonto).join(' ');
      const linha = `<polyline points="${pontos}" fill="none" stroke="${cor}" stroke-width="${forma.espessura}"${traco}/>`;
      return forma.seta
        ? `${linha}<polygon points="${pontaDe(forma.pontos).map(emPonto).join(' ')}" fill="${cor}"/>`
        : linha;
    }
    case 'area': {
      const pontos = forma.pontos.map(emPonto).join(' ');
      const OPACIDADE = { cheia: '0.55', leve: '0.3', hachurada: '0.3', vazada: '0' } as const;
      return `<polygon points="${pontos}" fill="${cor}" fill-opacity="${OPACIDADE[forma.preenchida]}" stroke="${cor}"/>`;
    }
    case 'cruz': {
      const { x, y } = forma;
      return `<path d="M${arredondar(x - 6)} ${arredondar(y - 6)}l12 12m0-12l-12 12" stroke="${cor}" stroke-width="3"/>`;
    }
    case 'texto': {
      const ANCORAS = { esquerda: 'start', centro: 'middle', direita: 'end' } as const;
      const lugar = `x="${arredondar(forma.x)}" y="${arredondar(forma.y)}" text-anchor="${ANCORAS[forma.alinhado]}"`;
      const contorno = `stroke="${fundo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
      return `<text ${lugar} fill="${cor}" ${contorno} font-weight="600">${escapar(forma.texto)}</text>`;
    }
  }
}

/** O triângulo na ponta do último segmento. */
export function pontaDe(pontos: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const [x, y] = pontos.at(-1) ?? [0, 0];
  const [xAntes, yAntes] = pontos.at(-2) ?? [x - 1, y];
  const angulo = Math.atan2(y - yAntes, x - xAntes);
  const canto = (desvio: number): readonly [number, number] => [
    x - 9 * Math.cos(angulo + desvio),
    y - 9 * Math.sin(angulo + desvio),
  ];
  return [[x, y], canto(0.45), canto(-0.45)];
}

function emPonto([x, y]: readonly [number, number]): string {
  return `${arredondar(x)},${arredondar(y)}`;
}

function arredondar(valor: number): number {
  return Math.round(valor * 10) / 10;
}
