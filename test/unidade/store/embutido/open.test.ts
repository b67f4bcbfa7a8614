import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
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
