import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { lancar } from '../../scripts/comum/programa.ts';
import { explicar } from '../../scripts/lancador/falha.js';
import { type CopiaDoCheckout, copiarCheckout } from '../suporte/processos/copia.ts';
import {
  type Ambiente,
  abrirLancador,
  ambienteComPortasLivres,
  PERGUNTA_DO_NOME,
  processosDe,
  rodarLancador,
  tomarPorta,
} from '../suporte/processos/lancador.ts';

/** Com que o `unshare` deixa montar: como root, ou como quem pode criar um espaço de usuários. */
const SO_LER = [['-m'], ['-rm']].find(
  (opcoes) => spawnSync('unshare', [...opcoes, 'mount', '--bind', '/tmp', '/tmp']).status === 0,
);
const SEM_SO_LER = SO_LER ? '' : ' (pulado: aqui não se monta uma pasta que só se lê)';

const PRAZO_DE_TESTE_MS = 90_000;

describe('quando algo está errado, chat_start', { timeout: PRAZO_DE_TESTE_MS }, () => {
  let copia: CopiaDoCheckout;
  let ambiente: Ambiente;

  beforeAll(() => {
    copia = copiarCheckout();
  });
  beforeEach(async () => {
    rmSync(join(copia.raiz, '.chat'), { recursive: true, force: true });
    ambiente = await ambienteComPortasLivres();
  });
  afterAll(() => copia[Symbol.dispose]());

  function rodar(argumentos: readonly string[] = [], extra: Ambiente = {}) {
    return rodarLancador({ raiz: copia.raiz, ambiente: { ...ambiente, ...extra }, argumentos });
  }

  test('recusa um subcomando desconhecido numa linha, com status 2', async () => {
    const { status, saida, erros } = await rodar(['voar']);

    expect(status).toBe(2);
    expect(saida).toBe('');
    expect(erros).toBe('chat_start: não conheço "voar"; há rede, aula, parar, estado, janela, janelas, ajuda\n');
  });

  // Quem é root grava em qualquer pasta, mas não num sistema de arquivos que só se lê.
  test.skipIf(SO_LER === undefined)(
    `num checkout em que não se pode gravar, diz isso numa linha${SEM_SO_LER}`,
    async () => {
      const soLer = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$1/chat_start.sh"';
      const linha = ['unshare', ...(SO_LER ?? []), 'sh', '-c', soLer, 'sh', copia.raiz] as const;
      const { lido, saida, erros } = lancar(linha, { ambiente, cwd: copia.raiz });

      expect(await lido).toBe(1);
      expect(saida()).toBe('');
      const anotacoes = join(copia.raiz, '.chat');
      expect(erros()).toBe(
        `chat_start: não é possível gravar em ${anotacoes} (EROFS); copie o projeto para uma pasta sua, e rode-o dali\n`,
      );
    },
  );

  test('a falha de quem não pode gravar se diz numa linha, e de outra se mostra a pilha', () => {
    expect(explicar(Object.assign(new Error('x'), { code: 'EACCES', path: '/chat/.chat' }))).toBe(
      'não é possível gravar em /chat/.chat (EACCES); copie o projeto para uma pasta sua, e rode-o dali',
    );
    expect(explicar(new TypeError('defeito'))).toMatch(/^falha inesperada: TypeError: defeito\n/);
  });

  test.each(['BINDER', 'SERVIDOR'])(
    'diz que a porta de %s está com outro programa, e não deixa nada iniciado',
    async (qual) => {
      const variavel = `CHAT_PORTA_${qual}`;
      await using alheio = await tomarPorta();

      const { status, erros } = await rodar([], { [variavel]: String(alheio.porta) });

      expect(status).toBe(1);
      const ultima = erros.trimEnd().split('\n').at(-1);
      expect(ultima).toContain(`a porta ${alheio.porta}`);
      expect(ultima).toContain(variavel);
      expect(processosDe(copia.raiz)).toEqual([]);
    },
  );

  test('mostra o fim do log de um servidor que morre na partida, e não deixa o binder', async () => {
    const { status, erros } = await rodar([], { CHAT_LIMITE_MENSAGENS: 'muitas' });

    expect(status).toBe(1);
    expect(erros).toContain('o servidor terminou antes de poder servir');
    expect(erros).toContain('CHAT_LIMITE_MENSAGENS');
    expect(processosDe(copia.raiz)).toEqual([]);
  });

  test('mostra por que a construção falhou, e não passa adiante', async () => {
    const construcao = join(copia.raiz, 'scripts', 'build.js');
    const boa = readFileSync(construcao);
    const { atime, mtime } = statSync(construcao);
    writeFileSync(construcao, "process.stderr.write('src/erro-de-tipo.ts(1,14): error\\n');\nprocess.exit(1);\n");
    try {
      for (let vez = 0; vez < 2; vez++) {
        const { status, erros } = await rodar();
        expect(status).toBe(1);
        expect(erros).toContain('a construção falhou');
        expect(erros).toContain('erro-de-tipo.ts');
      }
    } finally {
      writeFileSync(construcao, boa);
      // Com a data de agora, o teste seguinte construiria tudo de novo.
      utimesSync(construcao, atime, mtime);
    }
  });

  test('não encerra quem herdou um pid anotado', async () => {
    using alheio = programaAlheio();
    mkdirSync(join(copia.raiz, '.chat'));
    const main = join(copia.raiz, 'dist', 'server', 'main.js');
    const anotado = { processo: 'servidor', pid: alheio.pid, main, url: 'http://127.0.0.1:9', desde: '2026-01-01' };
    writeFileSync(join(copia.raiz, '.chat', 'servidor.json'), JSON.stringify(anotado));

    const { status, saida } = await rodar(['parar']);

    expect(status).toBe(0);
    expect(saida).toContain('Nada iniciado daqui estava rodando.');
    expect(alheio.vive()).toBe(true);
    expect(existsSync(join(copia.raiz, '.chat', 'servidor.json'))).toBe(false);
  });

  test('não espera pela trava de um lançador que foi morto, nem de quem herdou o seu pid', async () => {
    using alheio = programaAlheio();
    const trava = join(copia.raiz, '.chat', 'trava');
    mkdirSync(trava, { recursive: true });
    for (const pid of [2 ** 30, alheio.pid]) writeFileSync(join(trava, `${pid}-morto`), 'scripts/iniciar.js');

    expect((await rodar(['parar'])).status).toBe(0);
    expect(existsSync(trava)).toBe(false);
  });

  test('com o binder de outra máquina, só abre o cliente', async () => {
    const { CHAT_PORTA_BINDER: porta } = await ambienteComPortasLivres();

    const cliente = abrirLancador({
      raiz: copia.raiz,
      ambiente,
      argumentos: ['--binder', `http://127.0.0.1:${porta}`],
    });
    await cliente.esperarPor(PERGUNTA_DO_NOME);

    const mains = ['binder', 'server', 'cliente'].map((processo) => join('dist', processo, 'main.js'));
    const rodam = processosDe(copia.raiz).flatMap((linha) => mains.filter((main) => linha.includes(main)));
    expect(rodam).toEqual([join('dist', 'cliente', 'main.js')]);
    cliente.escrever('\x03');
    await cliente.fim;
  });
});

describe.skipIf(process.platform === 'win32')('sem um Node.js que sirva, chat_start.sh', () => {
  const exigido = /\d+\.\d+/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node)?.[0];

  test('diz que ele falta', async () => {
    using pasta = pastaComProgramas({});
    const { status, erros } = await rodarLancador({ raiz: process.cwd(), ambiente: { PATH: pasta.caminho } });

    expect(status).toBe(1);
    expect(erros).toMatch(/^chat_start: o comando node não foi encontrado.*\n$/);
    expect(erros).toContain(`Node.js ${exigido}`);
  });

  test.each(['v20.16.0', 'v18.20.8', 'v4.0.0'])('diz que %s é antigo', async (versao) => {
    using pasta = pastaComProgramas({ node: `#!/bin/sh\necho ${versao}\n` });
    const { status, erros } = await rodarLancador({ raiz: process.cwd(), ambiente: { PATH: pasta.caminho } });

    expect(status).toBe(1);
    expect(erros).toMatch(new RegExp(`^chat_start: .*${versao}.*${exigido}.*\n$`));
  });

  test.each(['v20.17.0', 'v22.0.0', 'v100.1.0'])('aceita %s', async (versao) => {
    using pasta = pastaComProgramas({ node: `#!/bin/sh\n[ "$1" = --version ] && echo ${versao} || exit 42\n` });
    const { status, erros } = await rodarLancador({ raiz: process.cwd(), ambiente: { PATH: pasta.caminho } });

    expect({ status, erros }).toEqual({ status: 42, erros: '' });
  });
});

/** Um PATH em que só há o que chat_start.sh usa, e estes. */
function pastaComProgramas(programas: Readonly<Record<string, string>>) {
  const pasta = pastaTemporaria();
  const dirname = ['/usr/bin/dirname', '/bin/dirname'].find((caminho) => existsSync(caminho));
  symlinkSync(dirname as string, join(pasta.caminho, 'dirname'));
  for (const [nome, texto] of Object.entries(programas)) {
    writeFileSync(join(pasta.caminho, nome), texto);
    chmodSync(join(pasta.caminho, nome), 0o755);
  }
  return pasta;
}

/** Um programa vivo que não é nosso. */
function programaAlheio() {
  const filho: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  return {
    pid: filho.pid as number,
    vive: () => filho.exitCode === null && filho.signalCode === null,
    [Symbol.dispose]: () => {
      filho.kill('SIGKILL');
    },
  };
}
