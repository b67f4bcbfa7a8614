/** O que `npm ci` faz no checkout depois de instalar. O registro não entra aqui: roda-se o passo, e não a instalação. */

import { exec } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';

const DO_PASSO = ['package.json', 'scripts/depois-de-instalar.js'];
const executar = promisify(exec);

interface Checkout extends Disposable {
  readonly raiz: string;
  readonly mainDoServidor: string;
}

/** @param arquivos os que há nele, arquivos ou pastas, como no checkout de verdade */
function checkoutCom(arquivos: readonly string[]): Checkout {
  const pasta = pastaTemporaria();
  for (const arquivo of arquivos) cpSync(join(RAIZ, arquivo), join(pasta.caminho, arquivo), { recursive: true });
  return {
    raiz: pasta.caminho,
    mainDoServidor: join(pasta.caminho, 'dist', 'server', 'main.js'),
    [Symbol.dispose]: () => pasta[Symbol.dispose](),
  };
}

/** Pelo npm, que custa um processo a mais: basta uma vez. */
const PELO_NPM = 'npm run --silent postprepare';
const O_QUE_O_NPM_RODA = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8')).scripts.postprepare;

/** @returns o que se viu na tela */
async function depoisDeInstalar(raiz: string, comando: string = O_QUE_O_NPM_RODA): Promise<string> {
  const { stdout, stderr } = await executar(comando, { cwd: raiz });
  return stdout + stderr;
}

describe('depois de instalar', () => {
  // O que a construção faz, quem prova é o lançador num checkout fresco.
  test('com as dependências de desenvolvimento, constrói', async () => {
    using checkout = checkoutCom(DO_PASSO);
    symlinkSync(join(RAIZ, 'node_modules'), join(checkout.raiz, 'node_modules'), 'junction');
    writeFileSync(join(checkout.raiz, 'scripts', 'build.js'), "process.stdout.write('construída\\n');\n");
    expect(await depoisDeInstalar(checkout.raiz, PELO_NPM)).toBe('construída\n');
  });

  test('sem elas, a dist/ que está ali fica como está', async () => {
    using checkout = checkoutCom(DO_PASSO);
    mkdirSync(join(checkout.mainDoServidor, '..'), { recursive: true });
    writeFileSync(checkout.mainDoServidor, '// pronta\n');
    expect(await depoisDeInstalar(checkout.raiz)).toBe('');
    expect(readFileSync(checkout.mainDoServidor, 'utf8')).toBe('// pronta\n');
  });

  test('sem elas e sem dist/, uma linha diz o que fazer, e a instalação não falha', async () => {
    using checkout = checkoutCom(DO_PASSO);
    const visto = await depoisDeInstalar(checkout.raiz);
    expect(visto).toMatch(/^Falta dist\/.*rode npm ci, ou traga aqui uma dist\/ pronta\.\n$/);
    expect(existsSync(join(checkout.raiz, 'dist'))).toBe(false);
  });

  test('só com package.json na pasta, como numa imagem que se monta por camadas, nada se diz', async () => {
    using checkout = checkoutCom(['package.json']);
    expect(await depoisDeInstalar(checkout.raiz)).toBe('');
  });
});

test('quem instala o pacote, ou só o empacota, não roda script algum', () => {
  const { scripts } = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8'));
  const deInstalacao = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
  expect(Object.keys(scripts).filter((nome) => deInstalacao.includes(nome))).toEqual([]);
});
