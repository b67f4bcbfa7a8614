import { afterAll, beforeAll } from 'vitest';
import { iniciarSemBinder, type SoServidor } from './processos.ts';

/** Um servidor para todos os testes de um arquivo, que não se incomodam: cada um tem os seus nomes e a sua sala. */
export function dividirServidor(...argumentos: readonly string[]): () => SoServidor {
  let servidor: SoServidor;
  beforeAll(async () => {
    servidor = await iniciarSemBinder({ argumentos });
  });
  afterAll(() => servidor[Symbol.asyncDispose]());
  return () => servidor;
}
