/** Um acaso que se repete: a semente vem de CHAT_SEMENTE, ou do relógio, e quem falha a diz. */

export interface Sorteio {
  readonly semente: number;
  /** Um inteiro de 0 a `ate` − 1. */
  readonly inteiro: (ate: number) => number;
  readonly um: <T>(de: readonly T[]) => T;
}

/** Mulberry32: pequeno, e bom o bastante para espalhar falhas. */
export function sortear(semente = Number(process.env['CHAT_SEMENTE'] ?? Date.now() % 1_000_000)): Sorteio {
  let estado = semente;
  const inteiro = (ate: number) => {
    estado = (estado + 0x6d2b79f5) | 0;
    let misturado = Math.imul(estado ^ (estado >>> 15), estado | 1);
    misturado ^= misturado + Math.imul(misturado ^ (misturado >>> 7), misturado | 61);
    return ((misturado ^ (misturado >>> 14)) >>> 0) % ate;
  };
  return { semente, inteiro, um: (de) => de[inteiro(de.length)] as never };
}
