/** As cores da página, lidas do estilo: mudam quando o sistema passa do claro ao escuro. */

import type { Tinta } from '../../pagina/desenho/formas.ts';
import type { Paleta } from '../../pagina/desenho/svg.ts';

const TINTAS: readonly Tinta[] = [
  'linha',
  'texto',
  'apagado',
  'falha',
  'lease',
  'lookup',
  'enviar',
  'receber',
  'sala',
  'sessao',
  'registro',
];

export function lerPaleta(): Paleta {
  const estilo = getComputedStyle(document.documentElement);
  const cor = (nome: string) => estilo.getPropertyValue(`--${nome}`).trim();
  const tintas = Object.fromEntries(TINTAS.map((tinta) => [tinta, cor(tinta)])) as Paleta['tintas'];
  return { fundo: cor('fundo'), tintas };
}

/** @param aoMudar recebe as cores agora e a cada vez que o claro e o escuro se trocam */
export function acompanharPaleta(aoMudar: (paleta: Paleta) => void): void {
  aoMudar(lerPaleta());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => aoMudar(lerPaleta()));
}
