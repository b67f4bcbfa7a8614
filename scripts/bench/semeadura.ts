/** Enche uma pasta de dados antes de o servidor a abrir. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lancar } from '../comum/programa.ts';
import type { Bancada } from './bancada.ts';

export interface PlanoDeSala {
  readonly nome: string;
  readonly prefixo: string;
  /** Quantos entram nela: `prefixo0`, `prefixo1`… */
  readonly usuarios: number;
  readonly mensagens: number;
}

export interface Plano {
  readonly pasta: string;
  readonly salas?: readonly PlanoDeSala[];
  /** Usuários que não entram em sala alguma. */
  readonly soltos?: readonly { readonly prefixo: string; readonly usuarios: number }[];
}

/** Onde cada versão tem o seu semeador, que grava como o store dela grava. */
const SEMEADORES = [
  ['.build', 'scripts', 'bench', 'semear.js'],
  ['scripts', 'bench', 'semear.js'],
];

/** @throws se o semeador termina mal */
export async function semear({ pilha, raiz }: Bancada, plano: Plano): Promise<void> {
  const semeador = SEMEADORES.map((partes) => join(raiz, ...partes)).find((arquivo) => existsSync(arquivo));
  if (!semeador) throw new Error(`não há semeador em ${raiz}: rode ali npm run build:scripts`);
  const programa = pilha.use(lancar([process.execPath, semeador], { ipc: true }));
  programa.filho.send(plano);
  const status = await programa.lido;
  if (status !== 0) throw new Error(`${semeador} terminou com ${status}: ${programa.erros()}`);
}
