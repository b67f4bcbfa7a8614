import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Os testes de processos rodam o que se instala, `dist/`: ele é construído uma vez, antes de todos os projetos. */
export function setup(): void {
  if (process.env['CHAT_TESTES_SEM_BUILD']) return;
  const raiz = join(import.meta.dirname, '..', '..');
  execFileSync(process.execPath, [join(raiz, 'scripts', 'build.js')], { stdio: 'inherit' });
  process.env['CHAT_TESTES_SEM_BUILD'] = '1';
}
