import { afterAll, beforeAll } from 'vitest';
import { iniciarSemBinder, type SoServidor } from '../processos/processos.ts';
import { abrirSistemaLocal, type SistemaLocal } from './sistema-local.ts';

/** Um servidor para todos os testes de um arquivo, que não se incomodam: cada um tem os seus nomes e a sua sala. */
export function dividirServidor(...argumentos: readonly string[]): () => SoServidor {
  return dividir(() => iniciarSemBinder({ argumentos }));
}

/** O mesmo sem processos, e com um binder: para o que não depende de como um processo se inicia, serve ou termina. */
export function dividirSistemaLocal(): () => SistemaLocal {
  return dividir(abrirSistemaLocal);
}

function dividir<T extends AsyncDisposable>(abrir: () => Promise<T>): () => T {
  let dividido: T | undefined;
  beforeAll(async () => {
    dividido = await abrir();
  });
  afterAll(() => dividido?.[Symbol.asyncDispose]());
  return () => {
    if (!dividido) throw new Error('só os testes, depois do beforeAll, podem usá-lo');
    return dividido;
  };
}
