/** Numa cópia do checkout, o preparo com menos trabalho: o npm e a construção são os de verdade, sobre menos. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Do que só serve ao desenvolvimento, o que constrói; o resto serve a quem testa, e na cópia não se testa. */
const CONSTROI =
  /^node_modules\/(?:@esbuild\/.+|@opentelemetry\/api|@types\/node|@typescript\/.+|esbuild|typescript|undici-types)$/;

/** O que se lê de um pacote em package-lock.json; o da raiz também diz o que o desenvolvimento pede. */
interface Pacote {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  devDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  packages: Readonly<Record<string, Pacote>>;
}

/** @param raiz a da cópia, em que ainda não se instalou nem construiu nada */
export function aliviarPreparo(raiz: string): void {
  mudarJson(join(raiz, 'package.json'), pedirSoOQueConstroi);
  mudarJson(join(raiz, 'package-lock.json'), (lock: Lock) => {
    pedirSoOQueConstroi(lock.packages[''] as Pacote);
    lock.packages = soEntradas(
      lock.packages,
      (onde, { dev, devOptional }) => !(dev || devOptional) || CONSTROI.test(onde),
    );
  });
}

function pedirSoOQueConstroi(pacote: Pacote): void {
  pacote.devDependencies = soEntradas(pacote.devDependencies ?? {}, (nome) => CONSTROI.test(`node_modules/${nome}`));
}

function soEntradas<T>(
  todas: Readonly<Record<string, T>>,
  fica: (chave: string, valor: T) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(todas).filter(([chave, valor]) => fica(chave, valor)));
}

function mudarJson<T>(arquivo: string, mudar: (conteudo: T) => void): void {
  const conteudo = JSON.parse(readFileSync(arquivo, 'utf8')) as T;
  mudar(conteudo);
  writeFileSync(arquivo, `${JSON.stringify(conteudo, undefined, 2)}\n`);
}
