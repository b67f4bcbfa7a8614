/** O que o contrato diz da partida e do fim de um processo: uma recusa que se entende, e um fim em ordem. */

import { expect } from 'vitest';
import { comFolga } from '../../scripts/comum/folga.ts';
import type { Processo, Terminado } from '../../scripts/comum/processos.ts';

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

/** Pede o fim e espera por ele: com 0, e no tempo do contrato. */
export async function expectFimEmOrdem(processo: Processo, sinal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const comecoMs = performance.now();
  expect(await processo.encerrar(sinal)).toBe(0);
  expect(performance.now() - comecoMs).toBeLessThan(comFolga(FIM_EM_ORDEM_MS));
}
