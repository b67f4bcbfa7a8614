/**
 * O que o projeto instala serve a todo Node que `engines` promete. Que também serve o que o registro dá a quem instala
 * o pacote sem o package-lock.json, é um passo de .github/workflows/testes.yml que mostra: ele precisa da rede.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { satisfies, subset } from 'semver';
import { describe, expect, test } from 'vitest';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

interface PacoteDoLock {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly version?: string;
}

type Faixas = Readonly<Record<string, string>>;

interface Pedidos {
  readonly engines: { readonly node: string };
  readonly dependencies: Faixas;
  readonly devDependencies: Faixas;
  readonly peerDependencies: Faixas;
}

const { engines, dependencies, devDependencies, peerDependencies } = lerJson('package.json') as Pedidos;
const { packages } = lerJson('package-lock.json') as { readonly packages: Readonly<Record<string, PacoteDoLock>> };
const PACOTES = Object.entries(packages).map(([onde, pacote]) => ({ onde, ...pacote }));
const DE_QUEM_USA = PACOTES.filter(({ dev, devOptional }) => !dev && !devOptional);

function lerJson(arquivo: string): unknown {
  return JSON.parse(readFileSync(join(RAIZ, arquivo), 'utf8'));
}

/** Em cada linha, a versão mais nova que pode existir: é nela que se desenvolve. */
function linhasTestadas(): string[] {
  const workflow = readFileSync(join(RAIZ, '.github', 'workflows', 'testes.yml'), 'utf8');
  const [, lista = ''] = /^ +node: \[(.*)\]$/m.exec(workflow) ?? [];
  return lista.split(',').map((linha) => `${linha.trim()}.999.999`);
}

describe('dependências', () => {
  test('o que vai com quem instala o pacote serve a todo Node que engines promete', () => {
    const excluem = DE_QUEM_USA.filter(({ engines: deles }) => !subset(engines.node, deles?.node ?? '*'));
    expect(excluem.map(({ onde }) => onde)).toEqual([]);
  });

  test('as diretas só aceitam correções: uma versão menor já deixou de servir um Node prometido', () => {
    const soltas = Object.entries(dependencies).filter(([, faixa]) => !faixa.startsWith('~'));
    expect(soltas).toEqual([]);
  });

  test('o que só serve ao desenvolvimento roda em cada linha do Node que o workflow testa', () => {
    const linhas = linhasTestadas();
    expect(linhas).toEqual(['20', '22', '24', '26'].map((linha) => `${linha}.999.999`));
    const excluem = PACOTES.filter(({ engines: deles }) =>
      linhas.some((versao) => !satisfies(versao, deles?.node ?? '*')),
    );
    expect(excluem.map(({ onde }) => onde)).toEqual([]);
  });

  // O do esbuild, que só a construção usa, troca um atalho pelo programa; sem ele tudo funciona, e o lançador não o roda.
  test('nada do que se instala roda um script ao ser instalado, senão o esbuild', () => {
    const comScript = PACOTES.filter(({ hasInstallScript }) => hasInstallScript);
    expect(comScript.map(({ onde, dev }) => ({ onde, dev }))).toEqual([{ onde: 'node_modules/esbuild', dev: true }]);
  });

  // O npm ci recusa um package-lock.json que não é o do package.json.
  test('o package-lock.json traz cada dependência que package.json pede, numa versão que serve', () => {
    expect(packages['']).toEqual(expect.objectContaining({ dependencies, devDependencies, peerDependencies }));
    const pedidas = Object.entries({ ...peerDependencies, ...devDependencies, ...dependencies });
    const semServir = pedidas.filter(
      ([nome, faixa]) => !satisfies(packages[`node_modules/${nome}`]?.version ?? '', faixa),
    );
    expect(semServir).toEqual([]);
  });

  test('o package-lock.json não diz de que endereço se baixou cada pacote', () => {
    expect(PACOTES.filter(({ resolved }) => resolved !== undefined).map(({ onde }) => onde)).toEqual([]);
  });
});
