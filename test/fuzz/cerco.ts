/** Os dois processos sob ataque, cada um com quem conversa nele enquanto isso. */

import { afterAll, beforeAll } from 'vitest';
import { type Processo, SEM_LIMITES } from '../../scripts/comum/processos.ts';
import { nomeNovo } from '../suporte/pessoas.ts';
import { iniciarSistema, type Sistema } from '../suporte/processos/processos.ts';
import { abrirFregues, abrirFreguesDoBinder, type Fregues } from './vitima.ts';

/** Para um ataque longo: CHAT_FUZZ=100. */
export const VEZES = Number(process.env['CHAT_FUZZ'] ?? 1);
export const PRAZO_MS = 60_000 + VEZES * 2_000;

export interface Alvo {
  readonly processo: () => Processo;
  readonly abrirFregues: (url: string) => Promise<Fregues>;
}

/** Um sistema para todos os testes de um arquivo. */
export function cercar(): { readonly servidor: Alvo; readonly binder: Alvo } {
  let sistema: Sistema;
  beforeAll(async () => {
    sistema = await iniciarSistema({ argumentos: SEM_LIMITES });
  });
  afterAll(() => sistema[Symbol.asyncDispose]());
  return {
    servidor: {
      processo: () => sistema.servidor,
      abrirFregues: (url) => abrirFregues(url, nomeNovo('Freguesa')),
    },
    binder: { processo: () => sistema.binder, abrirFregues: abrirFreguesDoBinder },
  };
}
