/** Emite os scripts em `.build/`, e tira dali o que já não tem fonte: o que foi apagado não pode continuar a rodar. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const raiz = join(import.meta.dirname, '..');
const emitidos = join(raiz, '.build');
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');

const { status } = spawnSync(process.execPath, [tsc, '-p', import.meta.dirname], { stdio: 'inherit' });
for (const nome of readdirSync(emitidos, { recursive: true, encoding: 'utf8' })) {
  if (!nome.endsWith('.js')) continue;
  const fontes = [nome, nome.replace(/\.js$/, '.ts')].map((fonte) => join(raiz, fonte));
  if (!fontes.some((fonte) => existsSync(fonte))) rmSync(join(emitidos, nome));
}
process.exit(status ?? 1);
