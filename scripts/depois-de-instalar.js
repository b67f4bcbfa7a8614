/**
 * O passo que `npm ci` e `npm install` rodam no checkout depois de instalar (`postprepare`): constrói dist/.
 * Numa instalação de produção (`--omit=dev`) não há compilador: serve a dist/ que já está aqui, e só a falta dela se diz.
 * Quem instala o pacote não passa por aqui: o npm só roda `postprepare` na pasta do próprio projeto.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const MAIN_DO_SERVIDOR = join(import.meta.dirname, '..', 'dist', 'server', 'main.js');

if (haCompilador()) {
  await import('./build.js');
} else if (!existsSync(MAIN_DO_SERVIDOR)) {
  process.stderr.write(
    'Falta dist/, e sem as dependências de desenvolvimento não há como construí-la: rode npm ci, ou traga aqui uma dist/ pronta.\n',
  );
}

function haCompilador() {
  try {
    createRequire(import.meta.url).resolve('typescript/package.json');
    return true;
  } catch {
    return false;
  }
}
