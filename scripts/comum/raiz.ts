/** Onde está o checkout: os scripts rodam de `.build/`, e os testes os carregam de `scripts/`. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A pasta do package.json, seja qual for a profundidade de onde este arquivo roda. */
export const RAIZ = subirAteOPacote(import.meta.dirname);

function subirAteOPacote(pasta: string): string {
  if (existsSync(join(pasta, 'package.json'))) return pasta;
  const acima = dirname(pasta);
  if (acima === pasta) throw new Error(`não há package.json acima de ${import.meta.dirname}`);
  return subirAteOPacote(acima);
}
