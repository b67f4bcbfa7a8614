/**
 * `npm run lancar`: confere tudo o que uma versão deve ter, e para antes de publicá-la, dizendo o que digitar.
 * O que é rápido vem antes; a primeira falha termina.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RAIZ } from '../comum/raiz.ts';
import { faltaNoChangelog, faltaNoGit, faltaNoLock, type PackageJson, sobraNosScripts } from './conferencias.ts';

/** Com versão, para que a conferência de hoje seja a de amanhã. Baixados só aqui: um deles traz um TypeScript inteiro. */
const PUBLINT = 'publint@0.3.25';
const ATTW = '@arethetypeswrong/cli@0.18.5';

const COMANDOS = ['chat-binder', 'chat-server', 'chat-cliente', 'chat-janela'];
const UM_MB = 1024 * 1024;

class Falta extends Error {}

const ler = (nome: string): string => readFileSync(join(RAIZ, nome), 'utf8');
const pacote: PackageJson = JSON.parse(ler('package.json'));
const { name, version } = pacote;
const pasta = mkdtempSync(join(tmpdir(), 'lancar-'));
const arquivo = join(pasta, `${name}-${version}.tgz`);

/** @returns o que o programa escreveu @throws Falta com isso, se ele não terminou bem */
function rodar(programa: string, argumentos: readonly string[], cwd = RAIZ): string {
  // No Windows o npm é um .cmd, que só um shell roda.
  const { status, stdout, stderr } = spawnSync(programa, argumentos, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * UM_MB,
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Falta(`${[programa, ...argumentos].join(' ')} terminou com ${status}:\n${stdout ?? ''}${stderr ?? ''}`);
  return stdout;
}

function exigir(falta: string | undefined): string {
  if (falta) throw new Falta(falta);
  return 'ok';
}

function passar(programa: string, argumentos: readonly string[]): string {
  rodar(programa, argumentos);
  return 'ok';
}

function tamanhoDe(caminho: string): number {
  return readdirSync(caminho, { recursive: true, withFileTypes: true })
    .filter((entrada) => entrada.isFile())
    .reduce((soma, { parentPath, name: nome }) => soma + statSync(join(parentPath, nome)).size, 0);
}

/** Instala o pacote como quem o usa. @returns quanto ele e as dependências ocupam */
function instalar(): string {
  const destino = mkdtempSync(join(pasta, 'instalado-'));
  writeFileSync(join(destino, 'package.json'), JSON.stringify({ private: true }));
  rodar('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', '--engine-strict', arquivo], destino);
  const modulos = join(destino, 'node_modules');
  for (const comando of COMANDOS) {
    const dita = rodar(join(modulos, '.bin', comando), ['--version'], destino).trim();
    if (dita !== version) throw new Falta(`${comando} --version diz ${dita}`);
  }
  return `${(tamanhoDe(modulos) / UM_MB).toFixed(1)} MB instalado`;
}

/** Cada um diz o que achou. */
const PASSOS: readonly (readonly [string, () => string])[] = [
  [
    'nada por commitar, e uma versão nova',
    () => exigir(faltaNoGit(rodar('git', ['status', '--porcelain']), rodar('git', ['tag']), version)),
  ],
  ['o CHANGELOG.md conta o que mudou', () => exigir(faltaNoChangelog(ler('CHANGELOG.md'), version))],
  ['o package-lock.json é desta versão', () => exigir(faltaNoLock(JSON.parse(ler('package-lock.json')), version))],
  ['nada roda na máquina de quem instala', () => exigir(sobraNosScripts(pacote))],
  ['tipos, estilo, camadas e tabelas', () => passar('npm', ['run', 'check'])],
  ['o pacote', () => passar('npm', ['pack', '--pack-destination', pasta])],
  ['publint', () => passar('npx', ['--yes', PUBLINT, arquivo, '--strict'])],
  ['os tipos, para quem os importa', () => passar('npx', ['--yes', ATTW, '--profile', 'esm-only', arquivo])],
  ['instalado numa pasta vazia', instalar],
  ['os testes', () => passar('npm', ['test'])],
];

for (const [nome, conferir] of PASSOS) {
  process.stdout.write(`${nome}… `);
  try {
    process.stdout.write(`${conferir()}\n`);
  } catch (erro) {
    if (!(erro instanceof Falta)) throw erro;
    process.stdout.write(`não\n\n${erro.message}\n`);
    process.exit(1);
  }
}

process.stdout.write(`
A ${version} pode ser lançada. O que falta é seu:

  git tag v${version}
  git push origin v${version}
  npm publish ${arquivo}
`);
