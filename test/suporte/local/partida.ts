/** O que o contrato diz da partida e do fim de um processo: uma recusa que se entende, e um fim em ordem. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { comFolga } from '../../../scripts/comum/folga.ts';
import type { Processo, Terminado } from '../../../scripts/comum/processos.ts';

const FIM_EM_ORDEM_MS = 5_000;

/** Uma linha clara, três no máximo, sem pilha. */
export function expectUmaFraseClara(erros: string): void {
  expect(erros).not.toMatch(/^\s+at |node:|Error:/m);
  expect(erros.trim()).not.toBe('');
  expect(erros.trim().split('\n').length, erros).toBeLessThanOrEqual(3);
}

/** O processo não se iniciou: disse por quê, e só isso, e terminou com um status diferente de 0. */
export function expectRecusaDePartida({ status, saida, erros }: Terminado, oQueDiz: RegExp): void {
  expect(status, erros).not.toBe(0);
  expect(status).not.toBeNull();
  expect(saida).toBe('');
  expectUmaFraseClara(erros);
  expect(erros).toMatch(oQueDiz);
}

/** O fim forçado de um processo, que não espera pelo que ainda não fechou, vem pouco depois disto. */
const FIM_FORCADO_MS = 4_000;

/**
 * Pede o fim e espera por ele: com 0, e no tempo do contrato.
 * @returns se ele teve tempo de fechar tudo: numa máquina ocupada, o fim forçado pode vir antes
 */
export async function expectFimEmOrdem(processo: Processo, sinal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
  const comecoMs = performance.now();
  expect(await processo.encerrar(sinal)).toBe(0);
  const levouMs = performance.now() - comecoMs;
  expect(levouMs).toBeLessThan(comFolga(FIM_EM_ORDEM_MS));
  return levouMs < FIM_FORCADO_MS;
}

/** O store fechou em ordem: o que estava no WAL foi para o arquivo. @param dados a pasta que se deu ao servidor */
export function expectStoreFechado(dados: string): void {
  expect(existsSync(join(dados, 'dados', 'chat.db'))).toBe(true);
  expect(existsSync(join(dados, 'dados', 'chat.db-wal'))).toBe(false);
}
