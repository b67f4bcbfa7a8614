/** Se uma cor se lê sobre outra, e a parecida que se lê: puro. As contas são as da WCAG 2. */

/** De 0 a 255 cada canal: vermelho, verde e azul. */
export type Rgb = readonly [r: number, g: number, b: number];

/** O que a WCAG 2 pede de um texto comum. */
const BASTA = 4.5;
const [PRETO, BRANCO]: readonly [Rgb, Rgb] = [
  [0, 0, 0],
  [255, 255, 255],
];
const PASSOS = 64;
/** Os canais do cubo de 6 × 6 × 6 da paleta de 256, que começa na cor 16. */
const DO_CUBO = [0, 95, 135, 175, 215, 255] as const;
const COMECO_DO_CUBO = 16;

/** De 0, a do preto, a 1, a do branco. */
function luminancia(cor: Rgb): number {
  const [r, g, b] = cor.map((nivel) => {
    const canal = nivel / 255;
    return canal <= 0.04045 ? canal / 12.92 : ((canal + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** De 1, iguais, a 21, preto e branco. */
export function contraste(uma: Rgb, outra: Rgb): number {
  const [clara, escura] = [luminancia(uma), luminancia(outra)].sort((a, b) => b - a) as [number, number];
  return (clara + 0.05) / (escura + 0.05);
}

export function ehClaro(fundo: Rgb): boolean {
  return contraste(fundo, PRETO) > contraste(fundo, BRANCO);
}

/** A cor, clareada ou escurecida só o bastante para que se leia sobre o fundo. */
export function legivel(cor: Rgb, fundo: Rgb): Rgb {
  const extremo = ehClaro(fundo) ? PRETO : BRANCO;
  for (let passo = 0; passo < PASSOS; passo += 1) {
    const parte = passo / PASSOS;
    const [r, g, b] = cor.map((nivel, canal) => Math.round(nivel + ((extremo[canal] ?? 0) - nivel) * parte));
    const mudada: Rgb = [r ?? 0, g ?? 0, b ?? 0];
    if (contraste(mudada, fundo) >= BASTA) return mudada;
  }
  return extremo;
}

/** @returns a cor da paleta de 256 mais parecida, entre as que se leem sobre o fundo */
export function legivelNoCubo(cor: Rgb, fundo: Rgb): number {
  const desejada = legivel(cor, fundo);
  let [melhor, menor] = [ehClaro(fundo) ? COMECO_DO_CUBO : COMECO_DO_CUBO + 215, Number.POSITIVE_INFINITY];
  for (let indice = 0; indice < 216; indice += 1) {
    const candidata = [Math.floor(indice / 36), Math.floor(indice / 6) % 6, indice % 6].map(
      (nivel) => DO_CUBO[nivel] ?? 0,
    ) as unknown as Rgb;
    const distancia = candidata.reduce((soma, nivel, canal) => soma + (nivel - (desejada[canal] ?? 0)) ** 2, 0);
    if (distancia < menor && contraste(candidata, fundo) >= BASTA)
      [melhor, menor] = [COMECO_DO_CUBO + indice, distancia];
  }
  return melhor;
}
