/** Constrói `dist/` do zero: um arquivo que já não tem fonte não pode sobrar. */

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { empacotarCliente, empacotarProcessos } from './empacotar.js';
import { enxugarPagina } from './enxugar-pagina.js';

const raiz = join(import.meta.dirname, '..');
const dist = join(raiz, 'dist');
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');

const apagar = () => rmSync(dist, { recursive: true, force: true });
// O que parou no meio não pode passar por construído.
process.on('exit', (status) => status !== 0 && apagar());

apagar();
for (const projeto of [raiz, join(raiz, 'src', 'janela', 'navegador')]) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', projeto], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
for (const arquivo of ['pagina.html', 'estilo.css', 'icone.svg']) {
  copyFileSync(join(raiz, 'src', 'janela', 'navegador', arquivo), join(dist, 'janela', 'navegador', arquivo));
}
enxugarPagina(raiz);
await empacotarProcessos(raiz);
await empacotarCliente(raiz);
for (const processo of ['binder', 'server', 'cliente', 'janela']) chmodSync(join(dist, processo, 'main.js'), 0o755);
