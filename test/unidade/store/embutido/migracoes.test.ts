/** Arquivos que versões anteriores gravaram: abrem-se com tudo o que tinham. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { Connection } from '../../../../src/store/embutido/banco/connection.ts';
import { MIGRACOES } from '../../../../src/store/embutido/banco/schema.ts';
import { abrirArquivo, abrirEmbutido } from '../../../../src/store/embutido/open.ts';
import type { Store } from '../../../../src/store/store.ts';
import { opcoesDoStore } from '../../../suporte/opcoes-do-store.ts';
import { AGORA_MS, enviar, hashDe, ler, recusa, textos } from '../conformidade/apoio.ts';

/** Um arquivo como a versão `versao` o criava, com o que se grava nele. */
function gravarArquivo(pasta: string, versao: number, gravar: (connection: Connection) => void): void {
  const connection = new Connection(join(pasta, 'chat.db'));
  const criar = MIGRACOES.slice(0, versao).join('\n');
  connection.executar(`BEGIN; ${criar} PRAGMA user_version = ${versao}; COMMIT`);
  gravar(connection);
  connection.close();
}

/** O hash do token, como está no arquivo. */
function bytesDoHash(nome: string): Buffer {
  return Buffer.from(hashDe(`token de ${nome}`), 'hex');
}

async function sessaoDe(store: Store, nome: string) {
  const sessao = await store.identificar(hashDe(`token de ${nome}`));
  if (!sessao) throw new Error(`${nome} não tem sessão`);
  return sessao;
}

test('versão 1: as mensagens, quem as vê, as chaves de idempotência e o último id continuam os mesmos', async () => {
  using pasta = pastaTemporaria();
  gravarArquivo(pasta.caminho, 1, (connection) => {
    connection.executar(`INSERT INTO salas VALUES (1, 'Geral', 'geral'), (2, 'Outra', 'outra')`);
    const sessao = connection.comando(
      'INSERT INTO sessoes (id, nome, chave, token_hash, sala_id, confirmada) VALUES (?, ?, ?, ?, 1, 1)',
    );
    for (const [indice, nome] of ['Ana', 'Bia', 'Caio'].entries()) {
      sessao(indice + 1, nome, nome.toLowerCase(), bytesDoHash(nome));
    }
    const mensagem = connection.comando('INSERT INTO mensagens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    mensagem(1, 0, 1, 'Ana', null, 'a todos', AGORA_MS, null, null);
    mensagem(2, 0, 2, 'Ana', null, 'em outra sala', AGORA_MS, null, null);
    mensagem(1, 2, 3, 'Bia', 'Ana', 'em particular', AGORA_MS, 2, 'chave de Bia');
    mensagem(1, 1, 3, 'Bia', 'Ana', 'em particular', AGORA_MS, null, null);
    mensagem(1, 0, 4, 'Caio', null, 'de novo a todos', AGORA_MS, null, null);
    connection.executar(
      `INSERT INTO chaves VALUES (2, 'chave de Bia', 1, 2, 3, NULL); UPDATE contador SET ultimo_id = 7`,
    );
    connection.confirmar();
  });

  const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
  const ana = await sessaoDe(store, 'Ana');
  const bia = await sessaoDe(store, 'Bia');
  const caio = await sessaoDe(store, 'Caio');
  expect(textos(await ler(store, ana))).toEqual(['a todos', 'em particular', 'de novo a todos']);
  expect(textos(await ler(store, bia, 1))).toEqual(['em particular', 'de novo a todos']);
  expect(textos(await ler(store, caio))).toEqual(['a todos', 'de novo a todos']);
  const repetida = await enviar(store, bia, 'outro texto', {
    chave: 'chave de Bia',
  });
  expect(repetida).toMatchObject({
    repetida: true,
    mensagem: { id: 3, conteudo: 'em particular' },
  });
  const { mensagem: nova } = await enviar(store, caio, 'nova');
  expect(nova.id).toBeGreaterThan(7);
  expect(textos(await ler(store, bia, 4))).toEqual(['nova']);
  await store.close();
});

test.each([
  { versao: 2, restam: ['Ana', 'Bia'], quem: 'algumas' },
  { versao: 2, restam: [], quem: 'todas' },
  { versao: 3, restam: ['Ana', 'Bia'], quem: 'algumas' },
  { versao: 3, restam: [], quem: 'todas' },
])(
  'versão $versao: cada sessão é a do seu token e do seu nome, e o id das que acabaram, que são $quem, não se dá a outra',
  async ({ versao, restam }) => {
    using pasta = pastaTemporaria();
    gravarArquivo(pasta.caminho, versao, (connection) => {
      const sessao = connection.comando('INSERT INTO sessoes (nome, chave, token_hash) VALUES (?, ?, ?)');
      const nomes = ['Ana', 'Bia', 'Caio'];
      for (const nome of nomes) sessao(nome, nome.toLowerCase(), bytesDoHash(nome));
      const apagar = connection.comando('DELETE FROM sessoes WHERE nome = ?');
      for (const nome of nomes.filter((nome) => !restam.includes(nome))) apagar(nome);
      connection.confirmar();
    });

    const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
    for (const [indice, nome] of restam.entries()) {
      expect(await sessaoDe(store, nome)).toMatchObject({ id: indice + 1, nome });
      await recusa(store.registrar({ nome: nome.toUpperCase(), tokenHash: hashDe('outro') }), 'NOME_EM_USO');
    }
    expect(await store.identificar(hashDe('token de Caio'))).toBeUndefined();
    expect((await store.registrar({ nome: 'Davi', tokenHash: hashDe('token de Davi') })).id).toBe(4);
    await store.close();
  },
);

test('versão 4: quem entrou e quem saiu deixa de ocupar lugar entre as últimas, cada um tem a sua entrada, e a sala um dono', async () => {
  using pasta = pastaTemporaria();
  gravarArquivo(pasta.caminho, 4, (connection) => {
    connection.executar(`INSERT INTO salas VALUES (1, 'Geral', 'geral')`);
    const sessao = connection.comando(
      'INSERT INTO sessoes (id, nome, chave, token_hash, sala_id, confirmada) VALUES (?, ?, ?, ?, ?, 1)',
    );
    sessao(1, 'Ana', 'ana', bytesDoHash('Ana'), 1);
    sessao(2, 'Bia', 'bia', bytesDoHash('Bia'), 1);
    const mensagem = connection.comando('INSERT INTO mensagens VALUES (1, 0, ?, ?, NULL, ?, ?, NULL, NULL)');
    const ditas = [
      ['SERVER', 'Ana entrou na sala.'],
      ['SERVER', 'Bia entrou na sala.'],
      ['Ana', 'Bia entrou na sala.'],
      ['SERVER', 'Ana saiu da sala.'],
      ['SERVER', 'Ana entrou na sala.'],
      ['Bia', 'oi'],
    ] as const;
    for (const [indice, [origem, conteudo]] of ditas.entries()) mensagem(indice + 1, origem, conteudo, AGORA_MS);
    connection.confirmar();
  });

  const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
  const ids = async (nome: string, desde?: number) =>
    (await ler(store, await sessaoDe(store, nome), desde)).map(({ id }) => id);
  expect(await ids('Ana')).toEqual([3, 5, 6]);
  expect(await ids('Bia')).toEqual([2, 3, 6]);
  expect(await ids('Bia', 0)).toEqual([1, 2, 3, 4, 5, 6]);
  // Ana entrou de novo: quem está há mais tempo, e por isso é dona da sala, é Bia.
  expect(await store.listarSalasComDetalhes()).toMatchObject([{ dono: 'Bia', topico: null, permanente: false }]);
  await store.close();
});

test.each(MIGRACOES.map((_, indice) => indice + 1))(
  'um arquivo vazio da versão %i abre, e fica na última',
  async (versao) => {
    using pasta = pastaTemporaria();
    gravarArquivo(pasta.caminho, versao, () => {});
    await abrirEmbutido(pasta.caminho, opcoesDoStore()).close();
    const ficou = abrirArquivo(pasta.caminho, (connection) => {
      const linha = connection.registro<[number]>('PRAGMA user_version')();
      connection.close();
      return linha;
    });
    expect(ficou).toEqual([MIGRACOES.length]);
  },
);
