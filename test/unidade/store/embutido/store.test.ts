import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as proximaVolta } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Connection } from '../../../../src/store/embutido/connection.ts';
import { abrirArquivo, abrirStore } from '../../../../src/store/embutido/open.ts';
import { SqliteStore } from '../../../../src/store/embutido/store.ts';
import type { Gravada, SalaVazia, Store } from '../../../../src/store/store.ts';
import { type MotivoDoStore, StoreError } from '../../../../src/store/store-error.ts';
import {
  AGORA_MS,
  descreverConformidade,
  entrar,
  enviar,
  hashDe,
  ler,
  limparTudo,
  recusa,
  registrar,
  reunir,
  textos,
} from '../conformidade.ts';

descreverConformidade('SQLite', async () => {
  const pasta = pastaTemporaria();
  let store = abrirStore(pasta.caminho);
  return {
    store,
    reabrir: async () => {
      await store.close();
      store = abrirStore(pasta.caminho);
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      pasta[Symbol.dispose]();
    },
  };
});

interface Bancada extends AsyncDisposable {
  readonly pasta: PastaTemporaria;
  readonly connection: Connection;
  readonly store: Store;
  readonly falhas: unknown[];
}

/** Um store cuja conexão o teste alcança. */
function bancada(monotonicoMs?: () => number): Bancada {
  const pasta = pastaTemporaria();
  const falhas: unknown[] = [];
  const partes = abrirPartes(pasta.caminho, (erro) => falhas.push(erro), monotonicoMs);
  const { store } = partes;
  return {
    ...partes,
    pasta,
    falhas,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      pasta[Symbol.dispose]();
    },
  };
}

function abrirPartes(pasta: string, aoFalhar: (erro: unknown) => void = () => {}, monotonicoMs = () => 0) {
  return abrirArquivo(pasta, (connection) => ({
    connection,
    store: new SqliteStore(connection, aoFalhar, monotonicoMs),
  }));
}

function contar(connection: Connection, tabela: string): number {
  return connection.linha<[number]>(`SELECT count(*) FROM ${tabela}`)()?.[0] ?? -1;
}

/** A partir de agora o arquivo não pode crescer, como num disco cheio. */
function encherDisco(connection: Connection): void {
  const [paginas] = connection.linha<[number]>('PRAGMA page_count')() ?? [0];
  connection.linha(`PRAGMA max_page_count = ${paginas}`)();
}

function esvaziarDisco(connection: Connection): void {
  connection.linha('PRAGMA max_page_count = 1000000')();
}

const NAO_CABE = 'x'.repeat(100_000);

function falhaAoAbrir(pasta: string): StoreError {
  try {
    void abrirStore(pasta).close();
  } catch (erro) {
    if (erro instanceof StoreError) return erro;
    throw erro;
  }
  throw new Error('o store abriu');
}

function esperarFalha(pasta: string, motivo: MotivoDoStore): void {
  const falha = falhaAoAbrir(pasta);
  expect(falha.motivo).toBe(motivo);
  expect(falha.message).toContain(pasta);
  expect(falha.message).not.toContain('\n');
}

describe('abrir', () => {
  test('a pasta é criada com o que falta no caminho', async () => {
    using pasta = pastaTemporaria();
    const caminho = join(pasta.caminho, 'a', 'b');
    await abrirStore(caminho).close();
    expect(readdirSync(caminho)).toEqual(['chat.db']);
  });

  test('uma pasta é de um servidor só: o segundo é recusado e não atrapalha o primeiro', async () => {
    await using mesa = bancada();
    await registrar(mesa.store, 'Pedro');
    esperarFalha(mesa.pasta.caminho, 'em_uso');
    esperarFalha(mesa.pasta.caminho, 'em_uso');
    await registrar(mesa.store, 'Maria');
    expect(await mesa.store.sessoes()).toHaveLength(2);
  });

  test.each<[string, MotivoDoStore, (pasta: string) => void]>([
    [
      'um arquivo que não é um banco',
      'danificado',
      (pasta) => writeFileSync(join(pasta, 'chat.db'), 'lixo'.repeat(999)),
    ],
    ['um banco cortado ao meio', 'danificado', (pasta) => cortar(join(pasta, 'chat.db'))],
    ['um banco de outro programa', 'danificado', (pasta) => mexerNoBanco(pasta, 'DROP TABLE chaves')],
    ['uma pasta no lugar do arquivo', 'sem_acesso', (pasta) => mkdirSync(join(pasta, 'chat.db'))],
  ])('%s é recusado com uma linha, e fica como estava', (_, motivo, estragar) => {
    using pasta = pastaTemporaria();
    estragar(pasta.caminho);
    const antes = readdirSync(pasta.caminho);
    esperarFalha(pasta.caminho, motivo);
    expect(readdirSync(pasta.caminho)).toEqual(antes);
  });

  test('um arquivo no lugar da pasta é recusado com uma linha', () => {
    using pasta = pastaTemporaria();
    const caminho = join(pasta.caminho, 'dados');
    writeFileSync(caminho, 'de outra pessoa');
    esperarFalha(caminho, 'sem_acesso');
    expect(readFileSync(caminho, 'utf8')).toBe('de outra pessoa');
  });

  // Para o root nenhuma pasta é só de leitura.
  test.skipIf(process.getuid?.() === 0)('uma pasta em que não se pode gravar é recusada com uma linha', () => {
    using pasta = pastaTemporaria();
    const caminho = join(pasta.caminho, 'dados');
    mkdirSync(caminho);
    chmodSync(caminho, 0o500);
    esperarFalha(caminho, 'sem_acesso');
  });

  test('um arquivo de uma versão mais nova é recusado, e não mexido', () => {
    using pasta = pastaTemporaria();
    mexerNoBanco(pasta.caminho, 'PRAGMA user_version = 99');
    esperarFalha(pasta.caminho, 'versao_desconhecida');
  });
});

function mexerNoBanco(pasta: string, sql: string): void {
  abrirArquivo(pasta, (connection) => {
    connection.executar(sql);
    connection.close();
  });
}

/** Só o cabeçalho fica inteiro: a falha está nas páginas que ele promete. */
function cortar(arquivo: string): void {
  const pasta = join(arquivo, '..');
  mexerNoBanco(pasta, 'SELECT 1');
  truncateSync(arquivo, 5000);
}

describe('kill', () => {
  test('depois de um SIGKILL nada do que foi confirmado se perde, e não fica tranca', async () => {
    using pasta = pastaTemporaria();
    await using filho = remetente(pasta.caminho);
    await filho.confirmou(1);
    esperarFalha(pasta.caminho, 'em_uso');
    const confirmadas = await filho.matarDepoisDe(200);
    const store = abrirStore(pasta.caminho);
    const pedro = (await store.sessaoDoToken(hashDe('token de Pedro'))) ?? {
      id: 0,
      nome: '',
      sala: '',
      confirmada: true,
    };
    expect(pedro.sala).toBe('Geral');
    for (const id of confirmadas) {
      expect((await enviar(store, pedro, 'x', { chave: `chave ${id}` })).repetida).toBe(true);
      expect((await ler(store, pedro, id - 1))[0]).toMatchObject({ id, origem: 'Pedro' });
    }
    const { mensagem } = await enviar(store, pedro, 'nova');
    expect(mensagem.id).toBeGreaterThan(Math.max(...confirmadas));
    await store.close();
  });
});

/** Um processo que envia sem parar, e conta cada mensagem confirmada: o n da chave é o do id. */
function remetente(pasta: string) {
  const raiz = join(import.meta.dirname, '..', '..', '..', '..');
  const modulo = pathToFileURL(join(raiz, 'dist', 'store', 'embutido', 'open.js')).href;
  const programa = `
    const { abrirStore } = await import(${JSON.stringify(modulo)});
    const { createHash } = await import('node:crypto');
    const store = abrirStore(${JSON.stringify(pasta)});
    const tokenHash = createHash('sha256').update('token de Pedro').digest();
    const { id: sessaoId } = await store.registrar({ nome: 'Pedro', tokenHash });
    await store.criarSala(sessaoId, 'Geral');
    await store.entrar({ sessaoId, nomeSala: 'Geral', agoraMs: 0 });
    for (let proxima = 2; ; proxima += 8) {
      const envios = Array.from({ length: 8 }, (_, n) =>
        store.enviar({ sessaoId, nomeSala: 'Geral', conteudo: 'x', chave: 'chave ' + (proxima + n), agoraMs: 0 }),
      );
      for (const { mensagem } of await Promise.all(envios)) console.log(mensagem.id);
    }`;
  const filho = spawn(process.execPath, ['--input-type=module', '-e', programa], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const fim = once(filho, 'exit');
  let saida = '';
  filho.stdout.on('data', (pedaco) => {
    saida += pedaco;
  });
  const confirmou = async (quantas: number) => {
    while (saida.split('\n').length <= quantas) await once(filho.stdout, 'data');
  };
  return {
    confirmou,
    /** @returns os ids confirmados até a morte */
    async matarDepoisDe(quantas: number): Promise<number[]> {
      await confirmou(quantas);
      filho.kill('SIGKILL');
      await once(filho, 'close');
      return saida.split('\n').slice(0, -1).map(Number);
    },
    [Symbol.asyncDispose]: async () => {
      filho.kill('SIGKILL');
      await fim;
    },
  };
}

describe('disco cheio', () => {
  test('o que não cabe é recusado e nada muda; o que só lê continua', async () => {
    await using mesa = bancada();
    const { store, connection, falhas } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const antes = await ler(store, Pedro);
    encherDisco(connection);
    const avisos: unknown[] = [];
    store.aoGravar((gravada) => avisos.push(gravada));
    await expect(enviar(store, Pedro, NAO_CABE, { chave: 'k' })).rejects.toMatchObject({
      tipo: 'SERVICO_INDISPONIVEL',
      detalhes: { tenteEmMs: expect.any(Number) },
    });
    expect(store.disponivel).toBe(false);
    expect(falhas).toHaveLength(1);
    expect(await ler(store, Pedro)).toEqual(antes);
    await recusa(store.criarSala(Pedro.id, 'Geral'), 'SALA_JA_EXISTE');
    expect(avisos).toEqual([]);

    esvaziarDisco(connection);
    expect((await enviar(store, Pedro, NAO_CABE, { chave: 'k' })).repetida).toBe(false);
    expect(store.disponivel).toBe(true);
    expect(avisos).toHaveLength(1);
  });

  test('um grupo que falha é desfeito inteiro: quem gravou é recusado, quem leu vê o que ficou', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const antes = await ler(store, Pedro);
    encherDisco(connection);
    const nomes: string[] = [];
    store.aoMudarNomes((nome) => nomes.push(nome));
    const resultados = await Promise.allSettled([
      store.criarSala(Pedro.id, 'GERAL'),
      store.sair(Pedro.id, AGORA_MS),
      registrar(store, 'Maria'),
      store.criarSala(Pedro.id, 'Outra'),
      enviar(store, Pedro, 'fora da sala, neste grupo que não valeu'),
      ler(store, Pedro),
      store.sessaoDoToken(hashDe('token de Maria')),
      registrar(store, `Ana`).then(() => enviar(store, Pedro, 'nunca')),
      store.encerrar(Pedro.id, AGORA_MS),
      store.criarSala(Pedro.id, 'Outra'),
      ...Array.from({ length: 60 }, (_, n) => registrar(store, `Pessoa ${n} ${'x'.repeat(4000)}`)),
    ]);
    const desfecho = (n: number) => {
      const resultado = resultados[n];
      return resultado?.status === 'rejected' ? resultado.reason.tipo : resultado?.value;
    };
    expect(desfecho(0)).toBe('SALA_JA_EXISTE');
    for (const n of [1, 2, 3, 4, 7, 8, 9]) expect(desfecho(n)).toBe('SERVICO_INDISPONIVEL');
    expect(desfecho(5)).toEqual(antes);
    expect(desfecho(6)).toBeUndefined();
    expect(nomes).toEqual([]);
    expect(await store.sessaoDoToken(hashDe('token de Pedro'))).toEqual({ ...Pedro, sala: 'Geral' });
    expect(await store.sessaoDoToken(hashDe('token de Maria'))).toBeUndefined();
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);

    esvaziarDisco(connection);
    const joao = await registrar(store, 'João');
    expect(joao).toMatchObject({ nome: 'João', sala: null });
    expect(await store.sessoes()).toEqual([{ ...Pedro, sala: 'Geral' }, joao]);
    expect(await store.sair(Pedro.id, AGORA_MS)).toEqual({ nomeSala: 'Geral' });
  });

  test('depois de falhas os ids continuam crescendo, e quem espera por eles não perde nada', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const { mensagem: primeira } = await enviar(store, Pedro, 'um');
    encherDisco(connection);
    await recusa(enviar(store, Pedro, NAO_CABE), 'SERVICO_INDISPONIVEL');
    esvaziarDisco(connection);
    const { mensagem: segunda } = await enviar(store, Pedro, 'dois');
    expect(segunda.id).toBeGreaterThan(primeira.id);
    expect(await ler(store, Pedro, primeira.id)).toEqual([segunda]);
    expect(await ler(store, Pedro, segunda.id)).toEqual([]);
  });

  test('ids reservados num commit que falha não contam como reservados', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const Pedro = await registrar(store, 'Pedro');
    await store.criarSala(Pedro.id, 'Geral');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await recusa(entrar(store, Pedro, 'Geral'), 'SERVICO_INDISPONIVEL');
    confirmar.mockRestore();
    await entrar(store, Pedro, 'Geral');
    const { mensagem } = await enviar(store, Pedro, 'x');
    const [guardado] = connection.linha<[number]>('SELECT ultimo_id FROM contador')() ?? [0];
    expect(guardado).toBeGreaterThanOrEqual(mensagem.id);
  });

  test('a limpeza periódica descobre que o disco voltou, mesmo que ninguém envie', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    encherDisco(connection);
    await recusa(enviar(store, Pedro, NAO_CABE), 'SERVICO_INDISPONIVEL');
    await ler(store, Pedro);
    expect(store.disponivel).toBe(false);
    esvaziarDisco(connection);
    await store.limpar();
    expect(store.disponivel).toBe(true);
  });

  test('um commit que falha não deixa nada, e o seguinte recomeça', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const gravadas: Gravada[] = [];
    store.aoGravar((gravada) => gravadas.push(gravada));
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await recusa(enviar(store, Pedro, 'perdida', { chave: 'k' }), 'SERVICO_INDISPONIVEL');
    confirmar.mockRestore();
    const { repetida } = await enviar(store, Pedro, 'guardada', { chave: 'k' });
    expect(repetida).toBe(false);
    expect(gravadas).toHaveLength(1);
    expect(textos(await ler(store, Pedro))).toEqual(['Pedro entrou na sala.', 'guardada']);
  });

  test('depois de um commit que falha, cada token e cada nome é de quem era, e os do registro recusado não são de ninguém', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const doToken = (nome: string) => store.sessaoDoToken(hashDe(`token de ${nome}`));
    const Ana = await registrar(store, 'Ana');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await Promise.all([
      recusa(store.encerrar(Ana.id, AGORA_MS), 'SERVICO_INDISPONIVEL'),
      recusa(registrar(store, 'Bia'), 'SERVICO_INDISPONIVEL'),
    ]);
    confirmar.mockRestore();
    expect([await doToken('Ana'), await doToken('Bia')]).toEqual([Ana, undefined]);
    // O id que a recusada teve é agora de outra pessoa.
    const Caio = await registrar(store, 'Caio');
    expect([await doToken('Caio'), await doToken('Bia')]).toEqual([Caio, undefined]);
    await recusa(store.registrar({ nome: 'ANA', tokenHash: hashDe('outro') }), 'NOME_EM_USO');
    expect(await registrar(store, 'Bia')).toMatchObject({ nome: 'Bia', sala: null });
    await store.encerrar(Ana.id, AGORA_MS);
    expect(await doToken('Ana')).toBeUndefined();
  });
});

describe('ordem', () => {
  test('verbos de quem quer que seja fazem efeito na ordem em que foram pedidos, sem que se espere por cada um', async () => {
    await using mesa = bancada();
    const { store } = mesa;
    const pedro = await registrar(store, 'Pedro');
    const token = hashDe('token de Pedro');
    const resultados = await Promise.all([
      store.listarSalas(),
      store.criarSala(pedro.id, 'Geral'),
      entrar(store, pedro, 'Geral'),
      store.sessaoDoToken(token),
      enviar(store, pedro, 'Oi'),
      store.encerrar(pedro.id, AGORA_MS),
      store.sessaoDoToken(token),
      store.sessoes(),
      store.listarSalas(),
    ]);
    expect(resultados).toEqual([
      [],
      expect.objectContaining({ nomeSala: 'Geral' }),
      expect.objectContaining({ usuarios: ['Pedro'] }),
      expect.objectContaining({ sala: 'Geral' }),
      expect.objectContaining({ repetida: false }),
      true,
      undefined,
      [],
      [{ nomeSala: 'Geral', usuarios: 0 }],
    ]);
  });
});

describe('as salas na memória', () => {
  /** O mesmo que `listarSalas`, do arquivo. */
  function doArquivo(connection: Connection) {
    const ler = connection.linhas<[string, number]>(
      `SELECT nome, (SELECT count(*) FROM sessoes WHERE sala_id = salas.id) FROM salas
        WHERE chave IS NOT NULL ORDER BY nome`,
    );
    return ler().map(([nomeSala, usuarios]) => ({ nomeSala, usuarios }));
  }

  // U+FA0E vem antes de U+20000, e depois dela em UTF-16.
  const NOMES = ['b', '\u{20000}', 'É', 'a', '\uFA0E', 'Z', 'ab'];

  test('são as do arquivo, na mesma ordem, por mais que se abram, se ocupem e se removam', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const Ana = await registrar(store, 'Ana');
    const Bia = await registrar(store, 'Bia');
    for (const nome of NOMES) {
      await store.criarSala(Ana.id, nome);
      await entrar(store, Ana, nome);
      expect(await store.listarSalas()).toEqual(doArquivo(connection));
    }
    await entrar(store, Bia, 'a');
    await store.encerrar(Bia.id, AGORA_MS);
    for (const vazia of await store.salasVazias()) {
      expect(await store.removerSalaVazia(vazia)).toBe(true);
      expect(await store.removerSalaVazia(vazia), 'já removida').toBe(false);
      expect(await store.listarSalas()).toEqual(doArquivo(connection));
    }
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'ab', usuarios: 1 }]);
  });

  test('quem já tem uma lista não a vê mudar; enquanto nada muda, a lista é a mesma', async () => {
    await using mesa = bancada();
    const { store } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const antes = await store.listarSalas();
    expect(await store.listarSalas()).toBe(antes);
    await store.sair(Pedro.id, AGORA_MS);
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
    await store.criarSala(Pedro.id, 'Outra');
    expect(antes).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);
    expect(await store.listarSalas()).toEqual([
      { nomeSala: 'Geral', usuarios: 0 },
      { nomeSala: 'Outra', usuarios: 0 },
    ]);
  });

  test('o que um commit que falha fez a elas é desfeito, do fim para o começo', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    for (const nome of ['m', 'x']) await store.criarSala(Pedro.id, nome);
    const antes = await store.listarSalas();
    const vazias = await store.salasVazias();
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await Promise.allSettled([
      store.criarSala(Pedro.id, 'n'),
      entrar(store, Pedro, 'n'),
      ...vazias.map((vazia) => store.removerSalaVazia(vazia)),
      store.criarSala(Pedro.id, 'm'),
      entrar(store, Pedro, 'm'),
      store.encerrar(Pedro.id, AGORA_MS),
    ]);
    confirmar.mockRestore();
    expect(await store.listarSalas()).toEqual(antes);
    expect(await store.listarSalas()).toEqual(doArquivo(connection));
    expect(await store.salasVazias()).toEqual(vazias);
    await recusa(store.criarSala(Pedro.id, 'M'), 'SALA_JA_EXISTE');
    expect(await store.criarSala(Pedro.id, 'n')).toMatchObject({ nomeSala: 'n' });
    expect(await store.sair(Pedro.id, AGORA_MS)).toEqual({ nomeSala: 'Geral' });
    expect(await store.listarSalas()).toEqual(doArquivo(connection));
  });
});

describe('commit em grupo', () => {
  test('o que chega na mesma volta do event loop é um commit só', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const executar = vi.spyOn(connection, 'executar');
    await Promise.all([
      ...Array.from({ length: 50 }, (_, n) => enviar(store, Pedro, `${n}`)),
      recusa(enviar(store, Pedro, 'x', { nomeSala: 'Nenhuma' }), 'SALA_NAO_ENCONTRADA'),
      registrar(store, 'Maria'),
    ]);
    expect(executar.mock.calls.flat()).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });

  test('enquanto cada volta traz mais, um commit espera por todos; quem não para de chegar não o adia para sempre', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const executar = vi.spyOn(connection, 'executar');
    const commits = () => executar.mock.calls.flat().filter((sql) => sql === 'COMMIT').length;
    const envios: Promise<unknown>[] = [];
    const enviarNaVolta = () => envios.push(enviar(store, Pedro, `${envios.length}`));

    for (let volta = 0; volta < 4; volta += 1) {
      enviarNaVolta();
      await proximaVolta();
    }
    await Promise.all(envios);
    expect(commits()).toBe(1);

    for (let volta = 0; commits() === 1 && volta < 100; volta += 1) {
      enviarNaVolta();
      await proximaVolta();
    }
    expect(commits()).toBe(2);
    expect(envios.length).toBeLessThan(20);
    await Promise.all(envios);
  });

  test('dentro de um grupo, um nome é de quem o pediu primeiro, e fica livre quando a sessão dele acaba', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const Ana = await registrar(store, 'Ana');
    const executar = vi.spyOn(connection, 'executar');
    const como = (nome: string, tokenHash: Buffer) => store.registrar({ nome, tokenHash });
    const [antes, , segunda, terceira] = await Promise.allSettled([
      como('ana', hashDe('antes')),
      store.encerrar(Ana.id, AGORA_MS),
      como('ANA', hashDe('segunda')),
      como('Ana', hashDe('terceira')),
    ]);
    expect(executar.mock.calls.flat(), 'um grupo só').toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    expect(segunda).toMatchObject({ status: 'fulfilled', value: { nome: 'ANA' } });
    for (const recusado of [antes, terceira]) {
      expect(recusado).toMatchObject({ status: 'rejected', reason: { tipo: 'NOME_EM_USO' } });
    }
    await recusa(como('Ana', hashDe('depois')), 'NOME_EM_USO');
  });

  test('o que só lê não abre transação, nem o que acaba não gravando', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    await store.confirmar(Pedro.id);
    await enviar(store, Pedro, 'x', { chave: 'k' });
    const executar = vi.spyOn(connection, 'executar');
    await Promise.all([
      ler(store, Pedro, 0),
      entrar(store, Pedro, 'Geral'),
      enviar(store, Pedro, 'x', { chave: 'k' }),
      store.confirmar(Pedro.id),
      store.encerrar(999_999, AGORA_MS),
      store.limpar(),
      store.listarSalas(),
    ]);
    expect(executar).not.toHaveBeenCalled();
  });

  test('uma fila longa devolve o event loop entre um grupo e outro', async () => {
    await using mesa = bancada();
    const { store } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    let voltas = 0;
    let acabou = false;
    const contarVolta = () => {
      voltas += 1;
      if (!acabou) setImmediate(contarVolta);
    };
    setImmediate(contarVolta);
    await Promise.all(Array.from({ length: 1000 }, (_, n) => enviar(store, Pedro, `${n}`)));
    acabou = true;
    expect(voltas).toBeGreaterThanOrEqual(7);
    expect(textos(await ler(store, Pedro)).at(-1)).toBe('999');
  });

  test('verbos demorados devolvem o event loop antes que o grupo esteja cheio, e todos acabam', async () => {
    let agoraMs = 0;
    await using mesa = bancada(() => {
      agoraMs += 1;
      return agoraMs;
    });
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const executar = vi.spyOn(connection, 'executar');
    await Promise.all(Array.from({ length: 50 }, (_, n) => enviar(store, Pedro, `${n}`)));
    expect(executar.mock.calls.flat().filter((sql) => sql === 'COMMIT')).toHaveLength(10);
    expect(textos(await ler(store, Pedro)).at(-1)).toBe('49');
  });

  test('quem se autentica não espera pelas mensagens que estão na fila', async () => {
    await using mesa = bancada();
    const { store } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const ordem: string[] = [];
    const envio = enviar(store, Pedro, 'x').then(() => ordem.push('envio'));
    const sessao = store.sessaoDoToken(hashDe('token de Pedro')).then(() => ordem.push('sessão'));
    await Promise.all([envio, sessao]);
    expect(ordem).toEqual(['sessão', 'envio']);
  });

  test('uma leitura que falha não leva consigo o que outros gravam', async () => {
    await using mesa = bancada();
    const { store, connection, falhas } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    await ler(store, Pedro);
    // O envio já não precisa desta coluna; a lista de quem está na sala, sim.
    connection.executar('ALTER TABLE sessoes RENAME COLUMN nome TO nome_perdido');
    const [envio, leitura] = await Promise.allSettled([
      enviar(store, Pedro, 'x'),
      store.listarUsuarios(Pedro.id, undefined),
    ]);
    expect(envio.status).toBe('fulfilled');
    expect(leitura).toMatchObject({ status: 'rejected', reason: { tipo: 'SERVICO_INDISPONIVEL' } });
    expect(falhas).toHaveLength(1);
    expect(store.disponivel).toBe(true);
  });
});

describe('limpeza', () => {
  test('uma sala grande some de uma vez, e é apagada aos poucos', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
    await Promise.all(Array.from({ length: 900 }, (_, n) => enviar(store, Pedro, 'x', { chave: `${n}` })));
    await Promise.all(Array.from({ length: 300 }, () => enviar(store, Maria, 'x', { destinatario: 'Pedro' })));
    for (const { id } of [Pedro, Maria]) await store.sair(id, AGORA_MS);
    const [vazia] = await store.salasVazias();
    await store.removerSalaVazia(vazia as SalaVazia);
    const linhas = contar(connection, 'mensagens');
    expect(linhas).toBeGreaterThan(1500);

    let restam = linhas;
    for (let ha = true; ha; ) {
      ha = await store.limpar();
      const agora = contar(connection, 'mensagens');
      expect(restam - agora).toBeLessThanOrEqual(250);
      restam = agora;
    }
    expect(restam).toBe(0);
    expect(contar(connection, 'salas')).toBe(0);
    const { mensagem } = await enviar(store, Pedro, 'y', { chave: '899' });
    expect(mensagem).toMatchObject({ conteudo: 'x', sala: 'Geral' });
  });

  test('as chaves de uma sessão encerrada são apagadas aos poucos', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
    await Promise.all(Array.from({ length: 600 }, (_, n) => enviar(store, Pedro, 'x', { chave: `${n}` })));
    await store.encerrar(Pedro.id, AGORA_MS);
    const restam: number[] = [];
    while (await store.limpar()) restam.push(contar(connection, 'chaves'));
    expect(restam).toEqual([350, 100]);
    expect(contar(connection, 'chaves')).toBe(0);
    expect(contar(connection, 'sessoes_encerradas')).toBe(0);
  });

  test('uma limpeza interrompida continua depois de reabrir', async () => {
    using pasta = pastaTemporaria();
    const store = abrirStore(pasta.caminho);
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    await Promise.all(Array.from({ length: 600 }, (_, n) => enviar(store, Pedro, 'x', { chave: `${n}` })));
    await store.sair(Pedro.id, AGORA_MS);
    const [vazia] = await store.salasVazias();
    await store.removerSalaVazia(vazia as SalaVazia);
    await store.encerrar(Pedro.id, AGORA_MS);
    expect(await store.limpar()).toBe(true);
    await store.close();

    const { connection, store: reaberto } = abrirPartes(pasta.caminho);
    await limparTudo(reaberto);
    for (const tabela of ['mensagens', 'chaves', 'salas', 'sessoes_encerradas'])
      expect(contar(connection, tabela)).toBe(0);
    await reaberto.close();
  });
});
