/** Um texto qualquer → o mesmo texto em HTML ou SVG, sem que nada nele seja marcação. */
export function escapar(texto: string): string {
  return texto.replace(/[<>&"']/g, (sinal) => `&#${sinal.codePointAt(0)};`);
}
