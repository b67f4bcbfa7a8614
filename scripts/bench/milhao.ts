/** Um milhão de mensagens em mil salas: semeado uma vez por execução, para todas as partes que o usam. */

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bancada } from './bancada.ts';
import { type Usuario, usuarioDe } from './chamadas/identidades.ts';
import { semear } from './semeadura.ts';

const SALAS = 1_000;
const MENSAGENS_POR_SALA = 1_000;
const USUARIOS_POR_SALA = 2;

const PLANO = Array.from({ length: SALAS }, (_, indice) => ({
  nome: `sala ${indice}`,
  prefixo: `u${indice}.`,
  usuarios: USUARIOS_POR_SALA,
  mensagens: MENSAGENS_POR_SALA,
}));

export interface SalaDoMilhao {
  readonly nome: string;
  readonly usuarios: readonly [Usuario, Usuario];
}

export const SALAS_DO_MILHAO: readonly SalaDoMilhao[] = PLANO.map(({ nome, prefixo }) => ({
  nome,
  usuarios: [usuarioDe(prefixo, 0), usuarioDe(prefixo, 1)],
}));

/** @returns a pasta */
export async function semearMilhao(bancada: Bancada): Promise<string> {
  const pasta = join(bancada.pastaComum, 'milhao');
  if (existsSync(pasta)) return pasta;
  const emObras = join(bancada.pastaComum, 'milhao em obras');
  await semear(bancada, { pasta: emObras, salas: PLANO });
  await rename(emObras, pasta);
  return pasta;
}
