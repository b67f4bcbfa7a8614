import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const RAIZ = join(import.meta.dirname, '..', '..');
const CONSTRUTOR = join(RAIZ, 'scripts', 'build.js');

/** Os testes de processos rodam o que se instala, `dist/`: ele é construído uma vez, antes de todos os projetos. */
export function setup(): void {
  if (process.env['CHAT_TESTES_SEM_BUILD'] || estaConstruido()) return;
  execFileSync(process.execPath, [CONSTRUTOR], { stdio: 'inherit' });
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
