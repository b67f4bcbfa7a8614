import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { copiarEmbutido } from '../../../../src/store/embutido/copiar.ts';
import { abrirEmbutido } from '../../../../src/store/embutido/open.ts';
import { opcoesDoStore } from '../../../suporte/opcoes-do-store.ts';
import { registrar } from '../conformidade/apoio.ts';

function modosEm(pasta: string): Record<string, string> {
  const modo = (nome: string) => (statSync(join(pasta, nome)).mode & 0o777).toString(8);
  return Object.fromEntries(readdirSync(pasta).map((nome) => [nome, modo(nome)]));
}

test.skipIf(process.platform === 'win32')(
  'só o dono lê os arquivos, quaisquer que sejam o modo da pasta e a umask',
  async () => {
    using pasta = pastaTemporaria();
    const dados = join(pasta.caminho, 'dados');
    mkdirSync(dados);
    chmodSync(dados, 0o777);
    const umask = process.umask(0);
    try {
      const store = abrirEmbutido(dados, opcoesDoStore());
      await registrar(store, 'Ana');
      expect(modosEm(dados)).toEqual({ 'chat.db': '600', 'chat.db-wal': '600' });
      await store.close();
    } finally {
      process.umask(umask);
    }
    expect(modosEm(dados)).toEqual({ 'chat.db': '600' });
  },
);

test.skipIf(process.platform === 'win32')('o que outra versão deixou aberto a todos se fecha', async () => {
  using pasta = pastaTemporaria();
  await abrirEmbutido(pasta.caminho, opcoesDoStore()).close();
  writeFileSync(join(pasta.caminho, 'chat.db-wal'), '');
  for (const nome of ['chat.db', 'chat.db-wal']) chmodSync(join(pasta.caminho, nome), 0o644);
  const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
  expect(modosEm(pasta.caminho)).toEqual({ 'chat.db': '600', 'chat.db-wal': '600' });
  await store.close();
});

// No Windows um nome de arquivo não tem dois-pontos.
test.skipIf(process.platform === 'win32').each(['file:dados', 'http:dados', 'a?mode=memory#b', ':memory:'])(
  'uma pasta chamada %s é uma pasta como outra qualquer',
  async (dados) => {
    using pasta = pastaTemporaria();
    const antes = process.cwd();
    process.chdir(pasta.caminho);
    try {
      await abrirEmbutido(dados, opcoesDoStore()).close();
    } finally {
      process.chdir(antes);
    }
    expect(readdirSync(join(pasta.caminho, dados))).toEqual(['chat.db']);
  },
);

describe.skipIf(process.platform === 'win32')(
  'o que não é um arquivo comum é recusado antes de mudar qualquer coisa',
  () => {
    const recusado = {
      name: 'StoreError',
      motivo: 'sem_acesso',
      message: expect.stringMatching(/não é um arquivo comum/),
    };

    function conferir(pasta: string): void {
      const antes = [readdirSync(pasta), modosEm(pasta)];
      expect(() => abrirEmbutido(pasta, opcoesDoStore())).toThrow(expect.objectContaining(recusado));
      const copia = join(pasta, 'copia.db');
      expect(() => copiarEmbutido(pasta, copia)).toThrow(expect.objectContaining(recusado));
      expect([readdirSync(pasta), modosEm(pasta)]).toEqual(antes);
    }

    test.each(['chat.db', 'chat.db-wal', 'chat.db-journal'])('%s que é um fifo', async (nome) => {
      using pasta = pastaTemporaria();
      if (nome !== 'chat.db') await abrirEmbutido(pasta.caminho, opcoesDoStore()).close();
      const fifo = join(pasta.caminho, nome);
      execFileSync('mkfifo', ['-m', '666', fifo]);
      // Com alguém do outro lado, abrir não espera: quem o abrisse seria visto, e não pararia o teste.
      const aberto = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
      try {
        conferir(pasta.caminho);
      } finally {
        closeSync(aberto);
      }
    });

    test('um link a um dispositivo, que fica com o modo que tinha', (contexto) => {
      using pasta = pastaTemporaria();
      const dispositivo = join(pasta.caminho, 'nulo');
      try {
        execFileSync('mknod', ['-m', '666', dispositivo, 'c', '1', '3'], { stdio: 'ignore' });
      } catch {
        contexto.skip('só quem administra a máquina cria um dispositivo');
      }
      symlinkSync(dispositivo, join(pasta.caminho, 'chat.db'));
      conferir(pasta.caminho);
    });

    test('uma pasta', () => {
      using pasta = pastaTemporaria();
      mkdirSync(join(pasta.caminho, 'chat.db'));
      conferir(pasta.caminho);
    });
  },
);
