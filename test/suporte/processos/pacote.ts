/** O pacote como sai do `npm pack`, instalado numa pasta vazia, sem rede. */

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { ligar } from './arquivos.ts';

const executar = promisify(execFile);

/** No Windows o npm é um .cmd, que só um shell roda. */
async function npm(argumentos: readonly string[], cwd: string): Promise<string> {
  const shell = process.platform === 'win32';
  const { stdout } = await executar('npm', [...argumentos], { cwd, shell, encoding: 'utf8' });
  return stdout;
}

export interface PacoteInstalado extends Disposable {
  readonly pasta: string;
  /** Os caminhos que o pacote traz. */
  readonly arquivos: readonly string[];
  /** O caminho de um dos seus comandos. */
  readonly comando: (nome: string) => string;
}

/** O `dist/` é o que já está construído: construí-lo aqui o tiraria de quem o usa ao mesmo tempo. */
export async function instalarPacote(): Promise<PacoteInstalado> {
  const temporaria = pastaTemporaria();
  const pasta = temporaria.caminho;
  const relatorio = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', pasta], RAIZ);
  const [pacote] = JSON.parse(relatorio) as [{ filename: string; files: { path: string }[] }];
  // As dependências já instaladas servem ao npm, que assim não precisa da rede.
  for (const dependencia of dependencias()) {
    ligar(join(RAIZ, dependencia), join(pasta, dependencia));
  }
  writeFileSync(join(pasta, 'package.json'), JSON.stringify({ name: 'alhures', type: 'module', private: true }));
  await npm(['install', '--offline', '--no-audit', '--no-fund', `./${pacote.filename}`], pasta);
  return {
    pasta,
    arquivos: pacote.files.map(({ path }) => path),
    comando: (nome) => join(pasta, 'node_modules', '.bin', process.platform === 'win32' ? `${nome}.cmd` : nome),
    [Symbol.dispose]: () => temporaria[Symbol.dispose](),
  };
}

/** As de quem usa o pacote: as de desenvolvimento não vão, e as que estão dentro de outra vão com ela. */
function dependencias(): string[] {
  const { packages } = JSON.parse(readFileSync(join(RAIZ, 'node_modules', '.package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
  };
  const deQuemUsa = Object.entries(packages).filter(([, { dev, devOptional }]) => !dev && !devOptional);
  return deQuemUsa.map(([caminho]) => caminho).filter((caminho) => caminho.lastIndexOf('node_modules/') === 0);
}
