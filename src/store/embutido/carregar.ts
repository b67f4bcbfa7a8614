/**
 * Carrega o store embutido só quando ele é o escolhido: a parte nativa do libsql não existe em todo sistema, e quem
 * guarda os dados num Redis não precisa dela.
 */

import { StoreError } from '../store-error.ts';

/** @throws StoreError se a parte nativa não carrega aqui */
export async function carregarEmbutido(): Promise<typeof import('./open.ts')> {
  try {
    // É quem importa o libsql, e mais nada que possa falhar.
    await import('./banco/connection.ts');
  } catch (erro) {
    throw semParteNativa(erro);
  }
  return import('./open.ts');
}

function semParteNativa(causa: unknown): StoreError {
  const [motivo] = String((causa as Error).message).split('\n');
  const conselho =
    'Reinstale as dependências nesta máquina (npm ci); no Windows, instale o Microsoft Visual C++ Redistributable; ' +
    'ou guarde os dados num Redis, com --redis.';
  const sistema = `${process.platform}-${process.arch}`;
  const frase = `A parte nativa do banco de dados (libsql) não carrega neste sistema, ${sistema} (${motivo}).`;
  return new StoreError('sem_suporte', `${frase} ${conselho}`, causa);
}
