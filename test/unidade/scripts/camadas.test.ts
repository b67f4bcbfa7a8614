/** A tabela das camadas morde: cada import proibido, de qualquer jeito que se escreva, é recusado com o motivo. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { conferir, type Regras } from '../../../scripts/camadas/conferir.ts';
import { ANTES_DE_INSTALAR, BIBLIOTECAS, CAMADAS } from '../../../scripts/camadas/tabela.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';

const REGRAS: Regras = { camadas: CAMADAS, bibliotecas: BIBLIOTECAS, antesDeInstalar: ANTES_DE_INSTALAR };
const LINHAS = Object.keys(CAMADAS);

const ehArquivo = (linha: string) => linha.endsWith('.ts');
/** Um arquivo de que a linha fala. */
const arquivoDe = (linha: string, nome = 'coisa') => `src/${ehArquivo(linha) ? linha : `${linha}/${nome}.ts`}`;

/** A árvore mais simples em que a tabela inteira está certa. */
function arvore(): Map<string, string> {
  const arquivos = new Map(LINHAS.map((linha) => [arquivoDe(linha), '']));
  for (const [pacote, { onde }] of Object.entries(BIBLIOTECAS)) {
    for (const lugar of onde) {
      const arquivo = arquivoDe(lugar, `usa-${pacote.replaceAll(/\W/g, '-')}`);
      arquivos.set(arquivo, `${arquivos.get(arquivo) ?? ''}import '${pacote}';\n`);
    }
  }
  return arquivos;
}

function defeitosCom(arquivos: Readonly<Record<string, string>>, regras = REGRAS): string[] {
  return conferir(new Map([...arvore(), ...Object.entries(arquivos)]), regras);
}

function importar(de: string, para: string): string {
  const caminho = relative(dirname(de), para);
  return `import '${caminho.startsWith('.') ? caminho : `./${caminho}`}';\n`;
}

test('a árvore que segue a tabela não tem defeito', () => {
  expect(defeitosCom({})).toEqual([]);
});

describe('entre as linhas da tabela', () => {
  const pastas = LINHAS.filter((linha) => !ehArquivo(linha));
  const arquivoPara = (de: string, para: string) => arquivoDe(de, `para-${para.replaceAll(/\W/g, '-')}`);

  test.each(pastas)('%s só pode importar das linhas que conhece, e o motivo diz por quê', (de) => {
    const outras = LINHAS.filter((para) => para !== de);
    const proibidas = outras.filter((para) => !CAMADAS[de]?.conhece.includes(para));
    const arquivos = outras.map((para) => [arquivoPara(de, para), importar(arquivoDe(de), arquivoDe(para))]);
    expect(defeitosCom(Object.fromEntries(arquivos))).toEqual(
      proibidas.map((para) =>
        expect.stringContaining(
          `${arquivoPara(de, para)}:1: não pode importar ${arquivoDe(para)}: ${de} ${CAMADAS[de]?.porque}`,
        ),
      ),
    );
  });

  /** O que a casa promete, dito outra vez: quem afrouxar a tabela tem de vir aqui também. */
  test.each([
    ['rpc/client', 'store'],
    ['store', 'rpc/server'],
    ['store/embutido', 'store/redis'],
    ['store/redis', 'store/embutido'],
    ['binder', 'server'],
    ['binder', 'store'],
    ['server', 'binder'],
    ['server', 'cliente/sessao'],
    ['cliente', 'server'],
    ['cliente/chamadas', 'cliente/sessao'],
    ['cliente/sessao', 'cliente/interativo'],
    ['cliente/sessao', 'cliente/terminal'],
    ['cliente/chamadas', 'cliente/terminal'],
    ['cliente/terminal', 'cliente/sessao'],
    ['cliente/terminal', 'contract/chat.ts'],
    ['cliente/terminal', 'dominio'],
    ['cliente/biblioteca', 'cliente/terminal'],
    ['rpc/server', 'contract/chat.ts'],
    ['rpc/client', 'contract/binder.ts'],
    ['redis', 'contract'],
    ['dominio', 'process'],
  ])('%s nunca conhece %s', (de, para) => {
    const texto = importar(arquivoDe(de), arquivoDe(para));
    expect(defeitosCom({ [arquivoDe(de, 'importa')]: texto })).toHaveLength(1);
  });
});

describe('de qualquer jeito que se escreva', () => {
  const alvo = '../server/coisa.ts';
  test.each([
    ['import de valor', `import { x } from '${alvo}';\n`],
    ['import em várias linhas', `import {\n  x,\n  y,\n} from '${alvo}';\n`],
    ['import de tipo', `import type { X } from '${alvo}';\n`],
    ['tipo no meio', `type X = import('${alvo}').X;\n`],
    ['reexportação', `export { x } from '${alvo}';\n`],
    ['reexportação de tudo', `export * from '${alvo}';\n`],
    ['import dinâmico', `const x = await import('${alvo}');\n`],
    ['import dinâmico sem variável no texto', `const x = await import(\`${alvo}\`);\n`],
    ['require', `const x = require("${alvo}");\n`],
    ['volta por fora', "import '../../src/server/coisa.ts';\n"],
  ])('%s', (_, texto) => {
    expect(defeitosCom({ 'src/redis/importa.ts': texto })).toEqual([
      expect.stringContaining('não pode importar src/server/coisa.ts'),
    ]);
  });

  test('um comentário que cita um import não importa nada, e a linha do erro conta com ele', () => {
    const texto = `/**\n * import '${alvo}';\n */\n// import '${alvo}';\nimport '${alvo}';\n`;
    expect(defeitosCom({ 'src/redis/importa.ts': texto })).toEqual([
      expect.stringMatching(/^src\/redis\/importa\.ts:5: /),
    ]);
  });

  test('para fora de src/ também não', () => {
    expect(defeitosCom({ 'src/redis/importa.ts': "import '../../test/suporte/x.ts';\n" })).toEqual([
      expect.stringContaining('não pode importar test/suporte/x.ts'),
    ]);
  });
});

describe('a tabela diz a verdade', () => {
  test('uma pasta de src/ que não está nela é recusada', () => {
    expect(defeitosCom({ 'src/novidade/x.ts': '' })).toEqual([
      'src/novidade/x.ts: src/novidade não está na tabela das camadas',
    ]);
    expect(defeitosCom({ 'src/server/fundo/x.ts': '' })).toEqual([
      'src/server/fundo/x.ts: src/server/fundo não está na tabela das camadas',
    ]);
  });

  test('uma linha dela que não existe em src/ é recusada', () => {
    const camadas = { ...CAMADAS, sumida: { conhece: [], porque: 'não importa' } };
    expect(defeitosCom({}, { ...REGRAS, camadas })).toEqual(['tabela: src/sumida não existe; tire a linha dela']);
  });

  test('uma linha que conhece outra de cima é recusada: os imports só descem', () => {
    const camadas = { ...CAMADAS, redis: { conhece: ['server'], porque: 'não importa' } };
    expect(defeitosCom({}, { ...REGRAS, camadas })).toEqual([
      'tabela: redis conhece server, que não está acima dela; os imports só descem',
    ]);
  });

  test('um lugar de biblioteca que não a importa é recusado', () => {
    const chalk = { onde: ['cliente/terminal/tela/cores.ts', 'cliente/options.ts'], porque: 'não importa' };
    expect(defeitosCom({}, { ...REGRAS, bibliotecas: { ...BIBLIOTECAS, chalk } })).toEqual([
      'tabela: src/cliente/options.ts não importa chalk; tire-o da linha dele',
    ]);
  });
});

describe('Node', () => {
  const semNode = LINHAS.filter((linha) => CAMADAS[linha]?.semNode);

  test('contract, dominio e o que roda na página não o conhecem', () => {
    const daPagina = /^(rpc\/observador|janela\/(noticias|pagina|navegador))\b/;
    const puras = LINHAS.filter((linha) => /^(contract|dominio)/.test(linha) || daPagina.test(linha));
    expect(semNode).toEqual(puras);
  });

  test.each(semNode)('%s não pode usá-lo', (linha) => {
    for (const modulo of ['node:fs', 'node:fs/promises', 'node:crypto']) {
      expect(defeitosCom({ [arquivoDe(linha)]: `import '${modulo}';\n` })).toContainEqual(
        expect.stringContaining(`não pode usar ${modulo}: ${linha} `),
      );
    }
  });

  test('o lançador, que roda antes de instalar, só conhece o Node e a si mesmo', () => {
    const texto = "import 'node:fs';\nimport './trava.js';\nimport '../iniciar.js';\n";
    expect(defeitosCom({ 'scripts/lancador/x.js': texto })).toEqual([]);
    for (const modulo of ['zod', '../comum/raiz.js', '../../src/process/clock.ts', '../../dist/process/clock.js']) {
      expect(defeitosCom({ 'scripts/lancador/x.js': `import '${modulo}';\n` })).toEqual([
        `scripts/lancador/x.js:1: não pode importar ${modulo}: roda antes de haver node_modules/ e dist/`,
      ]);
    }
  });
});

describe('bibliotecas de terceiros', () => {
  test.each([
    ['jayson', 'jayson/lib/client/browser/index.js', 'rpc/server'],
    ['commander', 'commander/esm.mjs', 'process'],
    ['libsql', 'libsql/promise', 'store/embutido'],
    ['@redis/client', '@redis/client/dist/lib/client/index.js', 'redis'],
    ['zod', 'zod/mini', 'rpc/server'],
    ['inquirer', 'inquirer/dist/esm/index.js', 'cliente/terminal/perguntas'],
    ['@inquirer/core', '@inquirer/core', 'cliente/terminal/perguntas'],
    ['string-width', 'string-width', 'cliente/terminal/tela'],
    ['chalk', 'chalk', 'cliente/terminal/tela'],
  ])('%s é recusada no vizinho do seu lugar, também por um caminho dela', (pacote, caminho, pasta) => {
    for (const modulo of [pacote, caminho]) {
      expect(defeitosCom({ [`src/${pasta}/vizinho.ts`]: `import '${modulo}';\n` })).toEqual([
        expect.stringContaining(`não pode importar ${pacote}, que é só de `),
      ]);
    }
  });

  test('uma que a tabela não tem não entra', () => {
    expect(defeitosCom({ 'src/server/x.ts': "import 'express';\n" })).toEqual([
      'src/server/x.ts:1: não pode importar express, que não está na tabela das bibliotecas',
    ]);
  });
});

describe('círculos', () => {
  test.each([
    ['valores', "import { x } from './ALVO.ts';\n"],
    ['tipos', "import type { X } from './ALVO.ts';\n"],
    ['reexportações', "export { x } from './ALVO.ts';\n"],
  ])('dois arquivos que se importam são recusados: %s', (_, texto) => {
    const arquivos = {
      'src/server/um.ts': texto.replace('ALVO', 'dois'),
      'src/server/dois.ts': texto.replace('ALVO', 'um'),
    };
    expect(defeitosCom(arquivos)).toEqual([
      'imports em círculo: src/server/um.ts → src/server/dois.ts → src/server/um.ts',
    ]);
  });

  test('um longo também, e só os que estão nele', () => {
    const elo = (proximo: string) => `import './${proximo}.ts';\n`;
    const arquivos = {
      'test/x/antes.ts': elo('a'),
      'test/x/a.ts': elo('b'),
      'test/x/b.ts': elo('c'),
      'test/x/c.ts': elo('a'),
    };
    expect(defeitosCom(arquivos)).toEqual([
      'imports em círculo: test/x/a.ts → test/x/b.ts → test/x/c.ts → test/x/a.ts',
    ]);
  });
});

describe('os hábitos da casa, que o Biome confere', () => {
  const RECUSADOS = [
    ['um export default', 'export default 1;\n', 'lint/style/noDefaultExport'],
    ['um barrel', "export * from './outro.ts';\n", 'lint/performance/noBarrelFile'],
    ['um any', 'export const tudo = (valor: any) => valor;\n', 'lint/suspicious/noExplicitAny'],
    ['um módulo de Node sem node:', "import 'fs';\n", 'lint/style/useNodejsImportProtocol'],
  ] as const;

  test('cada um é recusado', () => {
    using pasta = pastaTemporaria();
    const regras = join('scripts', 'estilo.json');
    for (const nome of ['scripts', 'src']) mkdirSync(join(pasta.caminho, nome));
    copyFileSync(join(RAIZ, regras), join(pasta.caminho, regras));
    for (const [indice, [, texto]] of RECUSADOS.entries()) {
      writeFileSync(join(pasta.caminho, 'src', `habito-${indice}.ts`), texto);
    }
    const biome = join(dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')), 'bin', 'biome');
    const argumentos = ['lint', `--config-path=${regras}`, '--reporter=json', '--max-diagnostics=none', 'src'];
    const { stdout } = spawnSync(process.execPath, [biome, ...argumentos], { cwd: pasta.caminho, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as {
      readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[];
    };
    for (const [indice, [habito, , regra]] of RECUSADOS.entries()) {
      const achadas = diagnostics.filter(({ location }) => location.path === `src/habito-${indice}.ts`);
      expect(
        achadas.map(({ category }) => category),
        habito,
      ).toContain(regra);
    }
  });
});
