import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as proximaVolta } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { RAIZ } from '../../../../scripts/comum/raiz.ts';
import type { Connection } from '../../../../src/store/embutido/banco/connection.ts';
import { abrirArquivo, abrirEmbutido } from '../../../../src/store/embutido/open.ts';
import { EmbeddedStore } from '../../../../src/store/embutido/store.ts';
import type { Gravada, OpcoesDoStore, Store } from '../../../../src/store/store.ts';
import { type MotivoDoStore, StoreError } from '../../../../src/store/store-error.ts';
import { opcoesDoStore } from '../../../suporte/opcoes-do-store.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';
import { criarSala, entrar, enviar, hashDe, ler, recusa, registrar, reunir, textos } from '../conformidade/apoio.ts';
import { descreverConformidade } from '../conformidade/conformidade.ts';

/** Menos que uma interrupção: um teste passa cada um de uma vez. */
const PRAZOS = { usuarioAusenteMs: 40_000, sessaoExpiraMs: 120_000, salaInativaMs: 5_000 };

descreverConformidade('o store embutido', async (opcoes) => {
  const pasta = pastaTemporaria();
  let store = abrirEmbutido(pasta.caminho, opcoes);
  return {
    store,
    reabrir: async () => {
      await store.close();
      store = abrirEmbutido(pasta.caminho, opcoes);
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
  readonly relogio: RelogioDeTeste;
  readonly falhas: unknown[];
  readonly gravadas: Gravada[];
  readonly mudancasDeNomes: string[];
}

/** Um store cuja conexão o teste alcança. */
function bancada(opcoes: Partial<OpcoesDoStore> = {}): Bancada {
  const pasta = pastaTemporaria();
  const falhas: unknown[] = [];
  const gravadas: Gravada[] = [];
  const mudancasDeNomes: string[] = [];
  const relogio = relogioDeTeste();
  const partes = abrirPartes(pasta.caminho, {
    clock: relogio,
    prazos: PRAZOS,
    aoFalhar: (erro) => falhas.push(erro),
    aoGravar: (gravada) => gravadas.push(gravada),
    aoMudarNomes: (nome) => mudancasDeNomes.push(nome),
    ...opcoes,
  });
  const { store } = partes;
  return {
    ...partes,
    pasta,
    relogio,
    falhas,
    gravadas,
    mudancasDeNomes,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      pasta[Symbol.dispose]();
    },
  };
}

function abrirPartes(pasta: string, opcoes: Partial<OpcoesDoStore> = {}) {
  return abrirArquivo(pasta, (connection) => ({
    connection,
    store: new EmbeddedStore(connection, opcoesDoStore(opcoes)),
  }));
}

/** As salas em que não há ninguém são removidas; ninguém se ausenta antes. */
async function removerVazias({ relogio, store }: Bancada): Promise<void> {
  relogio.avancar(PRAZOS.salaInativaMs);
  await store.varrer();
}

/** Uma passada basta a pouca coisa; o que é muito leva várias. */
async function varrerTudo(store: Store): Promise<void> {
  for (let vez = 0; vez < 5; vez += 1) await store.varrer();
}

function contar(connection: Connection, tabela: string): number {
  return connection.registro<[number]>(`SELECT count(*) FROM ${tabela}`)()?.[0] ?? -1;
}

/** A partir de agora o arquivo não pode crescer, como num disco cheio. */
function encherDisco(connection: Connection): void {
  const [paginas] = connection.registro<[number]>('PRAGMA page_count')() ?? [0];
  connection.registro(`PRAGMA max_page_count = ${paginas}`)();
}

function esvaziarDisco(connection: Connection): void {
  connection.registro('PRAGMA max_page_count = 1000000')();
}

const NAO_CABE = 'x'.repeat(100_000);

function falhaAoAbrir(pasta: string): StoreError {
  try {
    void abrirEmbutido(pasta, opcoesDoStore()).close();
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
    await abrirEmbutido(caminho, opcoesDoStore()).close();
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
    esperarFalha(join(caminho, 'uma dentro dele'), 'sem_acesso');
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
    const store = abrirEmbutido(pasta.caminho, opcoesDoStore());
    const pedro = (await store.identificar(hashDe('token de Pedro'))) ?? { id: 0, nome: '', sala: '' };
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
  const modulo = pathToFileURL(join(RAIZ, 'dist', 'store', 'embutido', 'open.js')).href;
  const programa = `
    const { abrirEmbutido } = await import(${JSON.stringify(modulo)});
    const { createHash } = await import('node:crypto');
    const nada = () => {};
    const store = abrirEmbutido(${JSON.stringify(pasta)}, {
      clock: { agoraMs: Date.now, monotonicoMs: () => performance.now() },
      prazos: ${JSON.stringify(PRAZOS)},
      emEspera: new Set(), aoGravar: nada, aoMudarNomes: nada, aoFalhar: nada,
    });
    const tokenHash = createHash('sha256').update('token de Pedro').digest('hex');
    const { id: sessaoId } = await store.registrar({ nome: 'Pedro', tokenHash });
    await store.criarSala({ sessaoId, nomeSala: 'Geral' });
    const { mensagens: [entrada] } = await store.entrar({ sessaoId, nomeSala: 'Geral' });
    for (let proxima = entrada.id + 1; ; proxima += 8) {
      const envios = Array.from({ length: 8 }, (_, n) =>
        store.enviar({ sessaoId, nomeSala: 'Geral', conteudo: 'x', chave: 'chave ' + (proxima + n) }),
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

describe('uma cópia antiga reposta', () => {
  test('o que se diz depois vem depois de todo cursor que alguém tinha, e ninguém o perde', async () => {
    using pasta = pastaTemporaria();
    using copia = pastaTemporaria();
    const relogio = relogioDeTeste();
    const primeiro = abrirEmbutido(pasta.caminho, opcoesDoStore({ clock: relogio }));
    const { Pedro } = await reunir(primeiro, 'Geral', 'Pedro');
    await primeiro.close();
    copyFileSync(join(pasta.caminho, 'chat.db'), join(copia.caminho, 'chat.db'));

    relogio.avancar(1_000);
    const depois = abrirEmbutido(pasta.caminho, opcoesDoStore({ clock: relogio }));
    let cursor = 0;
    for (let vez = 0; vez < 3; vez += 1) {
      cursor = (await enviar(depois, Pedro, 'que a cópia não tem')).mensagem.id;
    }
    await depois.close();

    relogio.avancar(1_000);
    const reposto = abrirEmbutido(copia.caminho, opcoesDoStore({ clock: relogio }));
    expect(await ler(reposto, Pedro, cursor)).toEqual([]);
    const { mensagem } = await enviar(reposto, Pedro, 'nova');
    expect(mensagem.id).toBeGreaterThan(cursor);
    expect(await ler(reposto, Pedro, cursor)).toEqual([mensagem]);
    await reposto.close();
  });

  test('com a hora da máquina atrasada, os ids ainda crescem', async () => {
    using pasta = pastaTemporaria();
    const relogio = relogioDeTeste();
    const antes = abrirEmbutido(pasta.caminho, opcoesDoStore({ clock: relogio }));
    const { Pedro } = await reunir(antes, 'Geral', 'Pedro');
    const { mensagem: primeira } = await enviar(antes, Pedro, 'um');
    await antes.close();
    relogio.acertarHora(-86_400_000);
    const reaberto = abrirEmbutido(pasta.caminho, opcoesDoStore({ clock: relogio }));
    expect((await enviar(reaberto, Pedro, 'dois')).mensagem.id).toBeGreaterThan(primeira.id);
    await reaberto.close();
  });
});

describe('disco cheio', () => {
  test('o que não cabe é recusado e nada muda; o que só lê continua', async () => {
    await using mesa = bancada();
    const { store, connection, falhas } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const antes = await ler(store, Pedro);
    encherDisco(connection);
    const avisos = mesa.gravadas;
    avisos.length = 0;
    await expect(enviar(store, Pedro, NAO_CABE, { chave: 'k' })).rejects.toMatchObject({
      tipo: 'SERVICO_INDISPONIVEL',
      detalhes: { tenteEmMs: expect.any(Number) },
    });
    expect(store.disponivel).toBe(false);
    expect(falhas).toHaveLength(1);
    expect(await ler(store, Pedro)).toEqual(antes);
    await recusa(criarSala(store, Pedro, 'Geral'), 'SALA_JA_EXISTE');
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
    const nomes = mesa.mudancasDeNomes;
    nomes.length = 0;
    const resultados = await Promise.allSettled([
      criarSala(store, Pedro, 'GERAL'),
      store.sair(Pedro.id),
      registrar(store, 'Maria'),
      criarSala(store, Pedro, 'Outra'),
      enviar(store, Pedro, 'fora da sala, neste grupo que não valeu'),
      ler(store, Pedro),
      store.identificar(hashDe('token de Maria')),
      registrar(store, `Ana`).then(() => enviar(store, Pedro, 'nunca')),
      store.encerrar(Pedro.id),
      criarSala(store, Pedro, 'Outra'),
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
    expect(await store.identificar(hashDe('token de Pedro'))).toEqual({ ...Pedro, sala: 'Geral' });
    expect(await store.identificar(hashDe('token de Maria'))).toBeUndefined();
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 1 }]);

    esvaziarDisco(connection);
    const joao = await registrar(store, 'João');
    expect(joao).toMatchObject({ nome: 'João', sala: null });
    expect(await store.sessoes()).toEqual([{ ...Pedro, sala: 'Geral' }, joao]);
    expect(await store.sair(Pedro.id)).toEqual({ nomeSala: 'Geral' });
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
    await criarSala(store, Pedro, 'Geral');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await recusa(entrar(store, Pedro, 'Geral'), 'SERVICO_INDISPONIVEL');
    confirmar.mockRestore();
    await entrar(store, Pedro, 'Geral');
    const { mensagem } = await enviar(store, Pedro, 'x');
    const [guardado] = connection.registro<[number]>('SELECT ultimo_id FROM contador')() ?? [0];
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
    await store.varrer();
    expect(store.disponivel).toBe(true);
  });

  test('um commit que falha não deixa nada, e o seguinte recomeça', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const { gravadas } = mesa;
    gravadas.length = 0;
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
    const doToken = (nome: string) => store.identificar(hashDe(`token de ${nome}`));
    const Ana = await registrar(store, 'Ana');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await Promise.all([
      recusa(store.encerrar(Ana.id), 'SERVICO_INDISPONIVEL'),
      recusa(registrar(store, 'Bia'), 'SERVICO_INDISPONIVEL'),
    ]);
    confirmar.mockRestore();
    expect([await doToken('Ana'), await doToken('Bia')]).toEqual([Ana, undefined]);
    // O id que a recusada teve é agora de outra pessoa.
    const Caio = await registrar(store, 'Caio');
    expect([await doToken('Caio'), await doToken('Bia')]).toEqual([Caio, undefined]);
    await recusa(store.registrar({ nome: 'ANA', tokenHash: hashDe('outro') }), 'NOME_EM_USO');
    expect(await registrar(store, 'Bia')).toMatchObject({ nome: 'Bia', sala: null });
    await store.encerrar(Ana.id);
    expect(await doToken('Ana')).toBeUndefined();
  });
});

describe('a confirmação de que o token chegou', () => {
  const confirmada = (connection: Connection) => connection.registro<[number]>('SELECT confirmada FROM sessoes')()?.[0];

  test('grava-se com a primeira chamada, uma vez só', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    await registrar(store, 'Pedro');
    expect(confirmada(connection)).toBe(0);
    const executar = vi.spyOn(connection, 'executar');
    const token = hashDe('token de Pedro');
    await Promise.all([store.identificar(token), store.identificar(token)]);
    await store.identificar(token);
    expect(confirmada(connection)).toBe(1);
    expect(executar.mock.calls.flat()).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });

  test('sem lugar para a gravar, a chamada é atendida, a próxima tenta de novo, e a sessão não acaba por isso', async () => {
    const UM_DIA_MS = 86_400_000;
    await using mesa = bancada({ prazos: { ...PRAZOS, sessaoExpiraMs: UM_DIA_MS } });
    const { store, connection, relogio } = mesa;
    await registrar(store, 'Pedro');
    const token = hashDe('token de Pedro');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementation(() => {
      throw new Error('falha de E/S');
    });
    for (let chamada = 0; chamada < 70; chamada += 1) {
      relogio.avancar(5_000);
      expect(await store.identificar(token)).toMatchObject({ nome: 'Pedro' });
      await store.varrer().catch(() => {});
    }
    expect(confirmada(connection)).toBe(0);
    confirmar.mockRestore();
    await store.identificar(token);
    expect(confirmada(connection)).toBe(1);
    expect(await store.sessoes()).toHaveLength(1);
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
      criarSala(store, pedro, 'Geral'),
      entrar(store, pedro, 'Geral'),
      store.identificar(token),
      enviar(store, pedro, 'Oi'),
      store.encerrar(pedro.id),
      store.identificar(token),
      store.sessoes(),
      store.listarSalas(),
    ]);
    expect(resultados).toEqual([
      [],
      undefined,
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
    const ler = connection.registros<[string, number]>(
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
      await criarSala(store, Ana, nome);
      await entrar(store, Ana, nome);
      expect(await store.listarSalas()).toEqual(doArquivo(connection));
    }
    await entrar(store, Bia, 'a');
    await store.encerrar(Bia.id);
    await removerVazias(mesa);
    expect(await store.listarSalas()).toEqual(doArquivo(connection));
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'ab', usuarios: 1 }]);
  });

  test('quem já tem uma lista não a vê mudar; enquanto nada muda, a lista é a mesma', async () => {
    await using mesa = bancada();
    const { store } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro');
    const antes = await store.listarSalas();
    expect(await store.listarSalas()).toBe(antes);
    await store.sair(Pedro.id);
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
    await criarSala(store, Pedro, 'Outra');
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
    for (const nome of ['m', 'x']) await criarSala(store, Pedro, nome);
    const antes = await store.listarSalas();
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await Promise.allSettled([
      criarSala(store, Pedro, 'n'),
      entrar(store, Pedro, 'n'),
      entrar(store, Pedro, 'm'),
      store.encerrar(Pedro.id),
    ]);
    confirmar.mockRestore();
    expect(await store.listarSalas()).toEqual(antes);
    expect(await store.listarSalas()).toEqual(doArquivo(connection));
    await recusa(criarSala(store, Pedro, 'M'), 'SALA_JA_EXISTE');
    await criarSala(store, Pedro, 'n');
    expect(await store.sair(Pedro.id)).toEqual({ nomeSala: 'Geral' });
    expect(await store.listarSalas()).toEqual(doArquivo(connection));
    // Os prazos também são os de antes: só quem está numa sala a mantém.
    await entrar(store, Pedro, 'x');
    await removerVazias(mesa);
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'x', usuarios: 1 }]);
  });

  test('uma remoção que não se pôde gravar deixa a sala como estava, e a próxima passada a remove', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const pedro = await registrar(store, 'Pedro');
    await criarSala(store, pedro, 'Geral');
    const confirmar = vi.spyOn(connection, 'confirmar').mockImplementationOnce(() => {
      throw new Error('falha de E/S');
    });
    await expect(removerVazias(mesa)).rejects.toMatchObject({ tipo: 'SERVICO_INDISPONIVEL' });
    confirmar.mockRestore();
    expect(await store.listarSalas()).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
    await store.varrer();
    expect(await store.listarSalas()).toEqual([]);
    expect(doArquivo(connection)).toEqual([]);
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
    const como = (nome: string, tokenHash: string) => store.registrar({ nome, tokenHash });
    const [antes, , segunda, terceira] = await Promise.allSettled([
      como('ana', hashDe('antes')),
      store.encerrar(Ana.id),
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
    await store.identificar(hashDe('token de Pedro'));
    await enviar(store, Pedro, 'x', { chave: 'k' });
    const executar = vi.spyOn(connection, 'executar');
    await Promise.all([
      ler(store, Pedro, 0),
      entrar(store, Pedro, 'Geral'),
      enviar(store, Pedro, 'x', { chave: 'k' }),
      store.identificar(hashDe('token de Pedro')),
      store.encerrar(999_999),
      store.varrer(),
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
    await using mesa = bancada({
      clock: {
        agoraMs: () => 0,
        monotonicoMs: () => {
          agoraMs += 1;
          return agoraMs;
        },
      },
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
    await store.identificar(hashDe('token de Pedro'));
    const envio = enviar(store, Pedro, 'x').then(() => ordem.push('envio'));
    const sessao = store.identificar(hashDe('token de Pedro')).then(() => ordem.push('sessão'));
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
  /** Quantos registros a tabela tem depois de cada commit, até que nada mude. */
  function contarACadaCommit(connection: Connection, tabela: string): number[] {
    const contagens = [contar(connection, tabela)];
    const confirmar = connection.confirmar.bind(connection);
    vi.spyOn(connection, 'confirmar').mockImplementation(() => {
      confirmar();
      const agora = contar(connection, tabela);
      if (agora !== contagens.at(-1)) contagens.push(agora);
    });
    return contagens;
  }

  test('uma sala grande some de uma vez, e é apagada aos poucos', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
    await Promise.all(Array.from({ length: 900 }, (_, n) => enviar(store, Pedro, 'x', { chave: `${n}` })));
    await Promise.all(Array.from({ length: 300 }, () => enviar(store, Maria, 'x', { destinatario: 'Pedro' })));
    for (const { id } of [Pedro, Maria]) await store.sair(id);
    const contagens = contarACadaCommit(connection, 'mensagens');
    expect(contagens[0]).toBeGreaterThan(1500);
    await removerVazias(mesa);
    expect(await store.listarSalas()).toEqual([]);
    await varrerTudo(store);
    expect(contagens.length).toBeGreaterThan(6);
    for (const [indice, restam] of contagens.slice(1).entries()) {
      expect((contagens[indice] as number) - restam).toBeLessThanOrEqual(250);
    }
    expect(contagens.at(-1)).toBe(0);
    expect(contar(connection, 'salas')).toBe(0);
    const { mensagem } = await enviar(store, Pedro, 'y', { chave: '899' });
    expect(mensagem).toMatchObject({ conteudo: 'x', sala: 'Geral' });
  });

  test('as chaves de repetição de uma sessão encerrada são apagadas aos poucos', async () => {
    await using mesa = bancada();
    const { store, connection } = mesa;
    const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
    await Promise.all(Array.from({ length: 600 }, (_, n) => enviar(store, Pedro, 'x', { chave: `${n}` })));
    await store.encerrar(Pedro.id);
    const contagens = contarACadaCommit(connection, 'chaves');
    await varrerTudo(store);
    expect(contagens).toEqual([600, 350, 100, 0]);
    expect(contar(connection, 'sessoes_encerradas')).toBe(0);
  });

  test('uma limpeza interrompida continua depois de reabrir', async () => {
    using pasta = pastaTemporaria();
    const relogio = relogioDeTeste();
    const aberto = abrirPartes(pasta.caminho, { clock: relogio, prazos: PRAZOS });
    const { Pedro } = await reunir(aberto.store, 'Geral', 'Pedro');
    await Promise.all(Array.from({ length: 600 }, (_, n) => enviar(aberto.store, Pedro, 'x', { chave: `${n}` })));
    await aberto.store.encerrar(Pedro.id);
    // O processo acaba entre dois commits da limpeza.
    let commits = 0;
    const confirmar = aberto.connection.confirmar.bind(aberto.connection);
    vi.spyOn(aberto.connection, 'confirmar').mockImplementation(() => {
      confirmar();
      commits += 1;
      if (commits === 2) void aberto.store.close();
    });
    relogio.avancar(PRAZOS.salaInativaMs);
    await aberto.store.varrer().catch(() => {});
    await aberto.store.close();

    const { connection, store } = abrirPartes(pasta.caminho);
    expect(contar(connection, 'chaves'), 'ainda há o que apagar').toBeGreaterThan(0);
    await varrerTudo(store);
    for (const tabela of ['mensagens', 'chaves', 'salas', 'sessoes_encerradas'])
      expect(contar(connection, tabela)).toBe(0);
    await store.close();
  });
});
