/**
 * As regras das camadas mordem: cada import proibido é escrito numa árvore de mentira, e o Biome tem de recusá-lo
 * com o motivo. Que a árvore de verdade não tem nenhum, é `npm run check` que mostra.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../suporte/pasta.ts';

const RAIZ = join(import.meta.dirname, '..', '..', '..');
const REGRAS = join('scripts', 'estilo.json');
const BIOME = join(createRequire(import.meta.url).resolve('@biomejs/biome/package.json'), '..', 'bin', 'biome');

/** O que cada pasta pode conhecer das outras: os imports só descem. */
const CONHECE = {
  binder: ['contract', 'dominio', 'process', 'redis', 'rpc'],
  cliente: ['contract', 'dominio', 'process', 'rpc'],
  contract: [],
  dominio: ['contract'],
  process: [],
  redis: [],
  rpc: ['contract'],
  server: ['contract', 'dominio', 'process', 'redis', 'rpc', 'store'],
  store: ['contract', 'dominio', 'redis'],
} as const satisfies Record<string, readonly string[]>;

type Pasta = keyof typeof CONHECE;
const PASTAS = Object.keys(CONHECE) as Pasta[];

interface Achado {
  readonly regra: string;
  readonly motivo: string;
}

interface Relatorio {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly message: string;
    readonly location: { readonly path: string };
  }[];
}

/** @param arquivos caminho dentro de src/ → texto; @returns o que o Biome acha em cada um */
function conferir(arquivos: Readonly<Record<string, string>>): (arquivo: string) => Achado[] {
  using pasta = pastaTemporaria();
  const escrever = (caminho: string, texto: string) => {
    mkdirSync(dirname(join(pasta.caminho, caminho)), { recursive: true });
    writeFileSync(join(pasta.caminho, caminho), texto);
  };
  mkdirSync(join(pasta.caminho, dirname(REGRAS)));
  copyFileSync(join(RAIZ, REGRAS), join(pasta.caminho, REGRAS));
  for (const [arquivo, texto] of Object.entries(arquivos)) escrever(join('src', arquivo), texto);

  const { stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, 'lint', `--config-path=${REGRAS}`, '--reporter=json', '--max-diagnostics=none', 'src'],
    { cwd: pasta.caminho, encoding: 'utf8' },
  );
  if (!stdout.startsWith('{')) throw new Error(`o Biome não conferiu nada: ${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as Relatorio;
  return (arquivo) =>
    diagnostics
      .filter(({ location }) => location.path === `src/${arquivo}`)
      .map(({ category, message }) => ({ regra: category, motivo: message }));
}

const IMPORT_PROIBIDO = 'lint/style/noRestrictedImports';

function motivos(achados: readonly Achado[]): string[] {
  return achados.filter(({ regra }) => regra === IMPORT_PROIBIDO).map(({ motivo }) => motivo);
}

const importando = (modulo: string) => `import '${modulo}';\n`;

describe('entre as pastas', () => {
  const pares = PASTAS.flatMap((de) => PASTAS.filter((para) => para !== de).map((para) => [de, para] as const));
  const arquivo = (de: Pasta, para: Pasta) => `${de}/importa-${para}.ts`;
  const achados = conferir(
    Object.fromEntries(pares.map(([de, para]) => [arquivo(de, para), importando(`../${para}/coisa.ts`)])),
  );
  const pode = ([de, para]: readonly [Pasta, Pasta]) => (CONHECE[de] as readonly string[]).includes(para);

  test('toda pasta de src/ está no desenho das camadas', () => {
    const existentes = readdirSync(join(RAIZ, 'src'), { withFileTypes: true });
    expect(existentes.map(({ name }) => name).sort()).toEqual(PASTAS);
  });

  test.each(pares.filter((par) => !pode(par)))('%s/ não pode importar de %s/, e o motivo diz por quê', (de, para) => {
    const [motivo, ...outros] = motivos(achados(arquivo(de, para)));
    expect(motivo).toMatch(new RegExp(`^${de}/ .*(não conhece|só conhece)`));
    expect(outros).toEqual([]);
  });

  test.each(pares.filter(pode))('%s/ pode importar de %s/', (de, para) => {
    expect(achados(arquivo(de, para))).toEqual([]);
  });

  test('não se escapa por outro jeito de importar', () => {
    const jeitos = {
      'contract/dinamico.ts': "export const modulo = await import('../server/chat.ts');\n",
      'contract/tipo.ts': "import type { Chat } from '../server/chat.ts';\nexport type Um = Chat;\n",
      'contract/reexporta.ts': "export { Chat } from '../server/chat.ts';\n",
      'contract/fundo/mais-fundo.ts': importando('../../server/chat.ts'),
      'contract/volta.ts': importando('../../src/server/chat.ts'),
    };
    const achadosDosJeitos = conferir(jeitos);
    for (const jeito of Object.keys(jeitos)) {
      expect(motivos(achadosDosJeitos(jeito)), jeito).toEqual([expect.stringMatching(/^contract\/ /)]);
    }
  });

  test('rpc/ não conhece procedimento algum pelo nome: nem o contrato do chat, nem o do binder', () => {
    const achadosDeRpc = conferir({
      'rpc/importa-chat.ts': importando('../contract/chat.ts'),
      'rpc/importa-binder.ts': importando('../contract/binder.ts'),
      'rpc/importa-forma.ts': importando('../contract/procedure.ts'),
    });
    expect(motivos(achadosDeRpc('rpc/importa-forma.ts'))).toEqual([]);
    expect(motivos(achadosDeRpc('rpc/importa-chat.ts'))).toEqual([expect.stringMatching(/^rpc\/ /)]);
    expect(motivos(achadosDeRpc('rpc/importa-binder.ts'))).toEqual([expect.stringMatching(/^rpc\/ /)]);
  });
});

describe('Node', () => {
  const pastasSemNode = ['contract', 'dominio'] as const;
  const modulos = ['node:fs', 'node:fs/promises', 'node:crypto'];
  const nomeDo = (pasta: string, modulo: string) => `${pasta}/${modulo.replaceAll(/\W/g, '-')}.ts`;
  const achados = conferir(
    Object.fromEntries(
      pastasSemNode.flatMap((pasta) => modulos.map((modulo) => [nomeDo(pasta, modulo), importando(modulo)])),
    ),
  );

  test.each(pastasSemNode)('%s/ não o conhece', (pasta) => {
    for (const modulo of modulos) {
      expect(motivos(achados(nomeDo(pasta, modulo))), modulo).toEqual([`${pasta}/ não conhece Node.`]);
    }
  });
});

describe('bibliotecas de terceiros', () => {
  interface Lugar {
    readonly pastas: readonly Pasta[];
    /** Caminhos que a biblioteca também oferece: é por eles que se entraria pela janela. */
    readonly modulos: readonly string[];
    readonly nomeNoMotivo: string;
  }

  const LUGARES: Readonly<Record<string, Lugar>> = {
    jayson: { pastas: ['rpc'], modulos: ['jayson', 'jayson/lib/client/browser/index.js'], nomeNoMotivo: 'jayson' },
    commander: { pastas: ['process'], modulos: ['commander', 'commander/esm.mjs'], nomeNoMotivo: 'commander' },
    libsql: { pastas: ['store'], modulos: ['libsql', 'libsql/promise'], nomeNoMotivo: 'libsql' },
    '@redis/client': {
      pastas: ['redis'],
      modulos: ['@redis/client', '@redis/client/dist/lib/client/index.js'],
      nomeNoMotivo: '@redis/client',
    },
    zod: { pastas: ['contract', 'rpc'], modulos: ['zod', 'zod/v4', 'zod/mini'], nomeNoMotivo: 'zod' },
    inquirer: { pastas: ['cliente'], modulos: ['inquirer', '@inquirer/core'], nomeNoMotivo: 'inquirer' },
    chalk: { pastas: ['cliente'], modulos: ['chalk'], nomeNoMotivo: 'chalk' },
  };

  const nomeDo = (pasta: string, modulo: string) => `${pasta}/${modulo.replaceAll(/\W/g, '-')}.ts`;
  const foras = Object.values(LUGARES).flatMap(({ pastas, modulos, nomeNoMotivo }) =>
    PASTAS.filter((pasta) => !pastas.includes(pasta)).flatMap((pasta) =>
      modulos.map((modulo) => ({ pasta, modulo, nomeNoMotivo })),
    ),
  );
  const achados = conferir(
    Object.fromEntries(foras.map(({ pasta, modulo }) => [nomeDo(pasta, modulo), importando(modulo)])),
  );
  const modulos = Object.values(LUGARES).flatMap((lugar) => lugar.modulos);

  test.each(modulos)('%s fora do seu lugar é recusada em toda pasta, com o lugar dela no motivo', (modulo) => {
    const escaparam = foras.filter(
      (fora) =>
        fora.modulo === modulo &&
        !motivos(achados(nomeDo(fora.pasta, modulo))).some((motivo) => motivo.includes(fora.nomeNoMotivo)),
    );
    expect(escaparam.map(({ pasta }) => pasta)).toEqual([]);
  });

  /** Onde um arquivo só a conhece, o vizinho dele também não pode importá-la. */
  const DE_UM_ARQUIVO = [
    ['commander', 'process'],
    ['libsql', 'store'],
    ['@redis/client', 'redis'],
    ['zod', 'rpc'],
  ] as const;
  const vizinho = (pasta: Pasta) => `${pasta}/vizinho.ts`;
  const achadosNosVizinhos = conferir(
    Object.fromEntries(DE_UM_ARQUIVO.map(([modulo, pasta]) => [vizinho(pasta), importando(modulo)])),
  );

  test.each(DE_UM_ARQUIVO)('%s não se espalha por %s/: é de um arquivo só', (modulo, pasta) => {
    expect(motivos(achadosNosVizinhos(vizinho(pasta)))).toEqual([expect.stringContaining(modulo)]);
  });

  test('o arquivo que um motivo nomeia existe, e é ele que conhece a biblioteca', () => {
    const texto = readFileSync(join(RAIZ, REGRAS), 'utf8');
    const nomeados = [...texto.matchAll(/"[^"]*(?<![\w/])((?:\w+\/)+[\w-]+\.ts)\b[^"*]*"/g)].flatMap(
      ([motivo, arquivo = '']) => {
        const biblioteca = Object.keys(LUGARES).find((nome) => motivo.includes(nome));
        return biblioteca === undefined ? [] : [{ biblioteca, arquivo }];
      },
    );
    expect(nomeados.length).toBeGreaterThan(0);
    for (const { biblioteca, arquivo } of nomeados) {
      const caminho = join(RAIZ, 'src', arquivo);
      expect(existsSync(caminho), arquivo).toBe(true);
      expect(readFileSync(caminho, 'utf8'), `${arquivo} importa ${biblioteca}`).toContain(`from '${biblioteca}`);
    }
  });
});

describe('ciclos', () => {
  test('dois arquivos que se importam são recusados, os dois', () => {
    const achados = conferir({
      'server/um.ts': "import { dois } from './dois.ts';\nexport const um = () => dois;\n",
      'server/dois.ts': "import { um } from './um.ts';\nexport const dois = () => um;\n",
    });
    for (const arquivo of ['server/um.ts', 'server/dois.ts']) {
      expect(achados(arquivo).map(({ regra }) => regra)).toEqual(['lint/suspicious/noImportCycles']);
    }
  });

  test('um ciclo longo também', () => {
    const elo = (proximo: string) => `import { f as g } from './${proximo}.ts';\nexport const f = () => g;\n`;
    const achados = conferir({
      'rpc/a.ts': elo('b'),
      'rpc/b.ts': elo('c'),
      'rpc/c.ts': elo('d'),
      'rpc/d.ts': elo('a'),
    });
    for (const arquivo of ['rpc/a.ts', 'rpc/b.ts', 'rpc/c.ts', 'rpc/d.ts']) {
      expect(achados(arquivo).map(({ regra }) => regra)).toEqual(['lint/suspicious/noImportCycles']);
    }
  });
});

describe('os hábitos da casa', () => {
  const RECUSADOS = [
    ['um export default', 'export default 1;\n', 'lint/style/noDefaultExport'],
    ['um barrel', "export * from './outro.ts';\n", 'lint/performance/noBarrelFile'],
    ['um any', 'export const tudo = (valor: any) => valor;\n', 'lint/suspicious/noExplicitAny'],
    ['um módulo de Node sem node:', "import 'fs';\n", 'lint/style/useNodejsImportProtocol'],
  ] as const;
  const arquivo = (habito: string) => `server/${habito.replaceAll(/\W/g, '-')}.ts`;
  const achados = conferir(Object.fromEntries(RECUSADOS.map(([habito, texto]) => [arquivo(habito), texto])));

  test.each(RECUSADOS)('%s é recusado', (habito, _, regra) => {
    expect(achados(arquivo(habito)).map((achado) => achado.regra)).toContain(regra);
  });
});
