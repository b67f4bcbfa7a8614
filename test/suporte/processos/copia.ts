/** Uma cópia do checkout numa pasta com espaços e acentos, para o lançador trabalhar como num clone novo. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { copiarComData, ligar } from './arquivos.ts';

export interface CopiaDoCheckout extends Disposable {
  readonly raiz: string;
}

interface OQueLevar {
  /** `node_modules/`; sem ela, o lançador tem de instalar */
  readonly dependencias?: boolean;
  /** `dist/`; sem ela, o lançador tem de construir */
  readonly construida?: boolean;
}

/** O que o git guarda ou guardaria, sem os testes, e o que mais se pedir. */
export function copiarCheckout({ dependencias = true, construida = true }: OQueLevar = {}): CopiaDoCheckout {
  const pasta: PastaTemporaria = pastaTemporaria();
  const raiz = join(pasta.caminho, 'cópia do chat');
  for (const arquivo of arquivosDoGit()) copiarComData(join(RAIZ, arquivo), join(raiz, arquivo));
  if (dependencias) apontarPara(join(RAIZ, 'node_modules'), join(raiz, 'node_modules'));
  if (construida) ligar(join(RAIZ, 'dist'), join(raiz, 'dist'));
  return { raiz, [Symbol.dispose]: () => pasta[Symbol.dispose]() };
}

function arquivosDoGit(): string[] {
  const todos = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const saida = execFileSync('git', [...todos, '--', '.', ':!test'], { cwd: RAIZ, encoding: 'utf8' });
  return [...new Set(saida.split('\0'))].filter((arquivo) => arquivo !== '' && existeAinda(arquivo));
}

/** O índice do git ainda nomeia o que se apagou na pasta de trabalho. */
function existeAinda(arquivo: string): boolean {
  return statSync(join(RAIZ, arquivo), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Um atalho para cada pacote, e não para a pasta: quem os apaga para instalar de novo só apaga os atalhos. */
function apontarPara(de: string, para: string): void {
  mkdirSync(para, { recursive: true });
  for (const item of readdirSync(de, { withFileTypes: true })) {
    const [origem, destino] = [join(de, item.name), join(para, item.name)];
    if (item.isDirectory()) symlinkSync(origem, destino, 'junction');
    else copiarComData(origem, destino);
  }
}
