/** A cor do fundo do terminal: a que ele responde, ou a que o ambiente diz. Puro. */

import type { Rgb } from './contraste.ts';

/** Onde só se sabe que é escuro, ou claro, supõe-se um dos que mais custam a ler entre os comuns. */
const ESCURO: Rgb = [40, 42, 54];
const CLARO: Rgb = [253, 246, 227];

/**
 * A resposta a OSC 11 (xterm, ctlseqs): `11;rgb:1e1e/1e1e/2e2e`, com um a quatro algarismos por canal.
 * @param cadeia o que veio entre o começo e o fim do OSC
 * @returns `undefined` se não é uma resposta dessas
 */
export function fundoDaResposta(cadeia: string): Rgb | undefined {
  const [, ...canais] =
    /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/i.exec(cadeia) ?? [];
  if (canais.length !== 3) return undefined;
  const [r, g, b] = canais.map((canal) => Math.round((Number.parseInt(canal, 16) / (16 ** canal.length - 1)) * 255));
  return [r ?? 0, g ?? 0, b ?? 0];
}

/** `COLORFGBG`, do rxvt e de quem o segue: `15;0`, ou `15;default;0`, com o fundo por último, na paleta de 16. */
export function fundoDoAmbiente(ambiente: NodeJS.ProcessEnv): Rgb | undefined {
  const [, numero] = /;(\d{1,2})$/.exec(ambiente['COLORFGBG'] ?? '') ?? [];
  if (numero === undefined || Number(numero) > 15) return undefined;
  return ['7', '9', '10', '11', '12', '13', '14', '15'].includes(numero) ? CLARO : ESCURO;
}
