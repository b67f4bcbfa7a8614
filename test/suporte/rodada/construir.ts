import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { FORA_DE_SRC } from '../../../scripts/lancador/preparo/construcao.js';

const CONSTRUTOR = join(RAIZ, 'scripts', 'build.js');
const CONSTRUTOR_DOS_SCRIPTS = join(RAIZ, 'scripts', 'build-scripts.js');

/**
 * Os testes de processos rodam o que se instala, `dist/`, e os de scripts o que se emite em `.build/`: os dois são
 * construídos uma vez, antes de todos os projetos.
 */
export function setup(): void {
  if (process.env['CHAT_TESTES_SEM_BUILD']) return;
  execFileSync(process.execPath, [CONSTRUTOR_DOS_SCRIPTS], { stdio: 'inherit' });
  if (!estaConstruido()) execFileSync(process.execPath, [CONSTRUTOR], { stdio: 'inherit' });
}

/** Depois de um `npm ci`, que constrói, não há por que construir de novo. */
function estaConstruido(): boolean {
  const construidos = ['binder', 'server', 'cliente', 'janela'].map((processo) =>
    join(RAIZ, 'dist', processo, 'main.js'),
  );
  if (!construidos.every((main) => existsSync(main))) return false;
  const desdeMs = Math.min(...construidos.map(modificadoEmMs));
  const src = join(RAIZ, 'src');
  // As pastas também: tirar um arquivo só muda a pasta em que estava.
  const nomes = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((nome) => !nome.endsWith('.md'));
  const daPasta = nomes.map((nome) => join(src, nome));
  const fontes = [src, ...daPasta, ...FORA_DE_SRC.map((fonte) => join(RAIZ, fonte))];
  return fontes.every((fonte) => modificadoEmMs(fonte) <= desdeMs);
}

function modificadoEmMs(caminho: string): number {
  return statSync(caminho).mtimeMs;
}
