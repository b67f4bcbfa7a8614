/** Um milhão de mensagens em mil salas: semeado uma vez por execução, para todas as partes que o usam. */

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { usuariosDe } from './identidades.js';
import { semear } from './semeadura.js';

const SALAS = 1_000;
const MENSAGENS_POR_SALA = 1_000;
const USUARIOS_POR_SALA = 2;

const PLANO = Array.from({ length: SALAS }, (_, indice) => ({
  nome: `sala ${indice}`,
  prefixo: `u${indice}.`,
  usuarios: USUARIOS_POR_SALA,
  mensagens: MENSAGENS_POR_SALA,
}));

export const SALAS_DO_MILHAO = PLANO.map(({ nome, prefixo }) => ({
  nome,
  usuarios: usuariosDe(prefixo, USUARIOS_POR_SALA),
}));

/** @returns a pasta */
export async function semearMilhao({ abertos, pastaComum }) {
  const pasta = join(pastaComum, 'milhao');
  if (existsSync(pasta)) return pasta;
  const emObras = join(pastaComum, 'milhao em obras');
  await semear(abertos, { pasta: emObras, salas: PLANO });
  await rename(emObras, pasta);
  return pasta;
}
