import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { RAIZ } from '../../scripts/comum/raiz.ts';

const CONSTRUTOR = join(RAIZ, 'scripts', 'build.js');
const TSC = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');

/**
 * Os testes de processos rodam o que se instala, `dist/`, e os de scripts o que se emite em `.build/`: os dois são
 * construídos uma vez, antes de todos os projetos.
 */
export function setup(): void {
  if (process.env['CHAT_TESTES_SEM_BUILD']) return;
  execFileSync(process.execPath, [TSC, '-p', join(RAIZ, 'scripts')], { stdio: 'inherit' });
  if (!estaConstruido()) execFileSync(process.execPath, [CONSTRUTOR], { stdio: 'inherit' });
}

/** Depois de um `npm ci`, que constrói, não há por que construir de novo. */
function estaConstruido(): boolean {
  const construidos = ['binder', 'server', 'cliente'].map((processo) => join(RAIZ, 'dist', processo, 'main.js'));
  if (!construidos.every((main) => existsSync(main))) return false;
  const desdeMs = Math.min(...construidos.map(modificadoEmMs));
  const src = join(RAIZ, 'src');
  // As pastas também: tirar um arquivo só muda a pasta em que estava.
  const daPasta = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((nome) => join(src, nome));
  const fontes = [src, ...daPasta, CONSTRUTOR, join(RAIZ, 'tsconfig.json'), join(RAIZ, 'package-lock.json')];
  return fontes.every((fonte) => modificadoEmMs(fonte) <= desdeMs);
}

function modificadoEmMs(caminho: string): number {
  return statSync(caminho).mtimeMs;
}
