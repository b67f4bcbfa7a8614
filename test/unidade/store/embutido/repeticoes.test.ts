/** As chaves que só estão na linha da mensagem, as que já passaram ao índice, e o que sobra quando um commit falha. */

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { abrirArquivo } from '../../../../src/store/embutido/open.ts';
import { EmbeddedStore } from '../../../../src/store/embutido/store.ts';
import type { ChaveDeRepeticao } from '../../../../src/store/embutido/tabelas/mensagens.ts';
import { Repeticoes } from '../../../../src/store/embutido/tabelas/repeticoes.ts';
import type { Sessao } from '../../../../src/store/store.ts';
import { opcoesDoStore, PRAZOS_LONGOS } from '../../../suporte/opcoes-do-store.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';
import { criarSala, enviar, hashDe, recusa } from '../conformidade/apoio.ts';

/** Com tantas mensagens desde a última vez, as chaves passam ao índice. */
const LOTE = 500;
/** Menos que uma interrupção. */
const SALA_INATIVA_MS = 5_000;
const SALA = 'Geral';

async function abrirCena() {
  const pasta = pastaTemporaria();
  const relogio = relogioDeTeste();
  const opcoes = opcoesDoStore({
    clock: relogio,
    prazos: { ...PRAZOS_LONGOS, salaInativaMs: SALA_INATIVA_MS },
    aoFalhar: () => {},
  });
  const abrir = () =>
    abrirArquivo(pasta.caminho, (connection) => ({ connection, store: new EmbeddedStore(connection, opcoes) }));
  const aberto = abrir();
  const ultimoId = () => aberto.connection.registro<[number]>('SELECT max(id) FROM mensagens')()?.[0] ?? 0;

  async function nascer(nome: string): Promise<Sessao> {
    const sessao = await aberto.store.registrar({ nome, tokenHash: hashDe(`${nome} ${Math.random()}`) });
    await aberto.store.entrar({ sessaoId: sessao.id, nomeSala: SALA });
    return sessao;
  }

  const dono = await aberto.store.registrar({ nome: 'Dono', tokenHash: hashDe('Dono') });
  await criarSala(aberto.store, dono, SALA);
  const pessoas = [await nascer('Ana'), await nascer('Bia')];

  return {
    aberto,
    pessoas,
    nascer,
    reabrir: async () => {
      await aberto.store.close();
      Object.assign(aberto, abrir());
    },
    /** Faz o que se pede junto; o commit falha. */
    semCommit: async (agir: () => Promise<unknown>) => {
      const confirmar = vi.spyOn(aberto.connection, 'confirmar').mockImplementation(() => {
        throw new Error('não coube');
      });
      await agir();
      confirmar.mockRestore();
    },
    removerSala: async () => {
      const { store } = aberto;
      for (const { id } of pessoas) await store.sair(id).catch(() => {});
      relogio.avancar(SALA_INATIVA_MS);
      await store.varrer();
      await criarSala(store, dono, SALA);
      for (const { id } of pessoas) await store.entrar({ sessaoId: id, nomeSala: SALA });
    },
    indexadas: () => aberto.connection.registro<[number]>('SELECT count(*) FROM chaves')()?.[0],
    /** O que responderia quem abrisse o arquivo agora, como depois de um SIGKILL. */
    noArquivo: (chave: ChaveDeRepeticao) =>
      new Repeticoes(aberto.connection, { ultimoId: ultimoId() }).mensagemDe(chave),
    [Symbol.asyncDispose]: async () => {
      await aberto.store.close();
      pasta[Symbol.dispose]();
    },
  };
}

type Cena = Awaited<ReturnType<typeof abrirCena>>;

/** Uma chave é um texto qualquer: a maioria difere só depois de um U+0000. */
const chaveDe = (prefixo: string, numero: number) => `${prefixo}\0${numero}`;

/** Envia muitas de uma vez, cada uma com a sua chave. */
function enviarVarias(
  { aberto: { store } }: Cena,
  quem: Sessao,
  quantas: number,
  prefixo: string,
): Promise<Mensagem[]> {
  const envios = Array.from({ length: quantas }, (_, numero) =>
    enviar(store, quem, `${prefixo} ${numero}`, { chave: chaveDe(prefixo, numero) }),
  );
  return Promise.all(envios).then((enviadas) => enviadas.map(({ mensagem }) => mensagem));
}

test('duas chaves que só diferem depois de um U+0000 são duas, também ao reabrir, e o servidor continua a gravar', async () => {
  await using cena = await abrirCena();
  const [ana] = cena.pessoas as [Sessao];
  /** O fim de uma sessão passa ao índice as chaves de todas. */
  const nascerEAcabar = async () => cena.aberto.store.encerrar((await cena.nascer('Outra')).id);
  const chaves = ['a', 'a\0b', 'a\0c', '\0'];
  const enviadas: Mensagem[] = [];
  for (const chave of chaves) {
    enviadas.push((await enviar(cena.aberto.store, ana, `com ${JSON.stringify(chave)}`, { chave })).mensagem);
    // A primeira já está no índice quando as outras chegam.
    if (enviadas.length === 1) await nascerEAcabar();
  }
  for (const mudar of [cena.reabrir, cena.removerSala, cena.reabrir]) {
    await mudar();
    await nascerEAcabar();
    for (const [lugar, chave] of chaves.entries()) {
      const repetida = await enviar(cena.aberto.store, ana, 'outra', { chave });
      expect(repetida).toEqual({ mensagem: enviadas[lugar], repetida: true });
    }
  }
});

describe('uma chave que ainda não passou ao índice', () => {
  test('dá a primeira mensagem, aqui e a quem abrir o arquivo', async () => {
    await using cena = await abrirCena();
    const [ana] = cena.pessoas as [Sessao];
    const [mensagem] = await enviarVarias(cena, ana, 1, 'k');
    expect(cena.indexadas()).toBe(0);
    expect(cena.noArquivo({ sessaoId: ana.id, chave: chaveDe('k', 0) })).toEqual(mensagem);
    expect(await enviar(cena.aberto.store, ana, 'outra', { chave: chaveDe('k', 0) })).toEqual({
      mensagem,
      repetida: true,
    });
  });

  test('responde também com o disco cheio: repetir um envio não grava nada', async () => {
    await using cena = await abrirCena();
    const [ana] = cena.pessoas as [Sessao];
    const [mensagem] = await enviarVarias(cena, ana, 1, 'k');
    const executar = vi.spyOn(cena.aberto.connection, 'executar');
    expect(await enviar(cena.aberto.store, ana, 'outra', { chave: chaveDe('k', 0) })).toEqual({
      mensagem,
      repetida: true,
    });
    expect(executar).not.toHaveBeenCalled();
  });

  test('guarda a mensagem quando a sala se apaga', async () => {
    await using cena = await abrirCena();
    const [ana] = cena.pessoas as [Sessao];
    const [mensagem] = await enviarVarias(cena, ana, 1, 'k');
    await cena.removerSala();
    expect(cena.noArquivo({ sessaoId: ana.id, chave: chaveDe('k', 0) })).toEqual(mensagem);
  });

  test('apaga-se com a sessão', async () => {
    await using cena = await abrirCena();
    const [ana] = cena.pessoas as [Sessao];
    await enviarVarias(cena, ana, 10, 'k');
    await cena.aberto.store.encerrar(ana.id);
    expect(cena.indexadas()).toBe(10);
    await cena.aberto.store.varrer();
    expect(cena.indexadas()).toBe(0);
    expect(cena.noArquivo({ sessaoId: ana.id, chave: chaveDe('k', 0) })).toBeUndefined();
  });
});

test('a cada lote de mensagens as chaves passam juntas ao índice, e quem abre só lê as que faltam', async () => {
  await using cena = await abrirCena();
  const [ana, bia] = cena.pessoas as [Sessao, Sessao];
  const deAna = await enviarVarias(cena, ana, LOTE, 'a');
  const passaram = Number(cena.indexadas());
  expect(passaram).toBeGreaterThan(0);
  const deBia = await enviarVarias(cena, bia, 10, 'b');
  expect(cena.indexadas()).toBe(passaram);
  const [ate] = cena.aberto.connection.registro<[number]>('SELECT chaves_ate FROM contador')() ?? [0];
  expect(ate).toBe(deAna[passaram - 1]?.id);
  for (const [numero, mensagem] of deAna.entries()) {
    expect(cena.noArquivo({ sessaoId: ana.id, chave: chaveDe('a', numero) })).toEqual(mensagem);
  }
  expect(cena.noArquivo({ sessaoId: bia.id, chave: chaveDe('b', 9) })).toEqual(deBia[9]);
});

test('se falha o commit que as passava ao índice, as de antes continuam a valer, e as dele nunca valeram', async () => {
  await using cena = await abrirCena();
  const [ana, bia] = cena.pessoas as [Sessao, Sessao];
  const [primeira] = await enviarVarias(cena, ana, 1, 'a');
  // Os ids que se perdem também contam: algum destes grupos passava as chaves ao índice.
  await cena.semCommit(() => recusa(enviarVarias(cena, bia, LOTE, 'b'), 'SERVICO_INDISPONIVEL'));
  expect(cena.indexadas()).toBe(0);
  await enviarVarias(cena, bia, LOTE, 'c');
  expect(cena.indexadas()).toBeGreaterThan(0);
  expect(await enviar(cena.aberto.store, ana, 'outra', { chave: chaveDe('a', 0) })).toEqual({
    mensagem: primeira,
    repetida: true,
  });
  expect((await enviar(cena.aberto.store, bia, 'guardada', { chave: chaveDe('b', 0) })).repetida).toBe(false);
});

const ato = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      tipo: fc.constant('enviar' as const),
      quem: fc.nat({ max: 1 }),
      vezes: fc.constantFrom(1, 30, 200),
      falha: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ tipo: fc.constant('renascer' as const), quem: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ tipo: fc.constant('remover' as const) }) },
  { weight: 1, arbitrary: fc.record({ tipo: fc.constant('reabrir' as const) }) },
);

test('em qualquer história, com commits que falham, toda chave confirmada dá a sua mensagem, e nenhuma outra', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ato, { minLength: 1, maxLength: 12 }), async (atos) => {
      await using cena = await abrirCena();
      const { pessoas } = cena;
      const confirmadas = new Map<number, Map<string, Mensagem>>();
      for (const [numero, um] of atos.entries()) {
        if (um.tipo === 'remover') await cena.removerSala();
        else if (um.tipo === 'reabrir') await cena.reabrir();
        else if (um.tipo === 'renascer') {
          const { id, nome } = pessoas[um.quem] as Sessao;
          await cena.aberto.store.encerrar(id);
          confirmadas.delete(id);
          pessoas[um.quem] = await cena.nascer(nome);
        } else {
          const quem = pessoas[um.quem] as Sessao;
          const enviar = () => enviarVarias(cena, quem, um.vezes, `${numero}`);
          if (um.falha) {
            await cena.semCommit(() => recusa(enviar(), 'SERVICO_INDISPONIVEL'));
            expect(cena.noArquivo({ sessaoId: quem.id, chave: chaveDe(`${numero}`, 0) })).toBeUndefined();
          } else {
            const daSessao = confirmadas.get(quem.id) ?? new Map<string, Mensagem>();
            for (const [lugar, mensagem] of (await enviar()).entries())
              daSessao.set(chaveDe(`${numero}`, lugar), mensagem);
            confirmadas.set(quem.id, daSessao);
          }
        }
      }
      for (const [sessaoId, daSessao] of confirmadas) {
        const quem = pessoas.find(({ id }) => id === sessaoId) as Sessao;
        for (const [chave, mensagem] of [...daSessao].filter((_, lugar) => lugar % 10 === 0)) {
          expect(cena.noArquivo({ sessaoId, chave })).toEqual(mensagem);
          expect(await enviar(cena.aberto.store, quem, 'outra', { chave })).toEqual({ mensagem, repetida: true });
        }
      }
    }),
    { numRuns: 15 },
  );
});
