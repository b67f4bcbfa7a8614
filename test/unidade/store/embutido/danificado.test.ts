/** O arquivo do store, ou o WAL dele, estragado: abre com o começo do que havia, ou não abre e diz por quê. */

import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Sorteio } from '../../../../scripts/comum/sorteio.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { abrirEmbutido } from '../../../../src/store/embutido/open.ts';
import type { Store } from '../../../../src/store/store.ts';
import { StoreError } from '../../../../src/store/store-error.ts';
import { opcoesDoStore } from '../../../suporte/opcoes-do-store.ts';
import { comSorteio } from '../../../suporte/sorteio.ts';
import { enviar, hashDe, ler, reunir } from '../conformidade/apoio.ts';

const PAGINA_BYTES = 4096;
const QUANTAS = 400;
const ARQUIVOS = ['chat.db', 'chat.db-wal'] as const;

let modelo: PastaTemporaria;
let original: Store;

/** Um store aberto, de que se copia a cada vez o que uma queda deixaria: parte no arquivo, parte no WAL. */
beforeAll(async () => {
  modelo = pastaTemporaria();
  original = abrirEmbutido(modelo.caminho, opcoesDoStore({ aoFalhar: () => {} }));
  const { Pedro } = await reunir(original, 'Geral', 'Pedro');
  for (let numero = 0; numero < QUANTAS; numero += 1) await enviar(original, Pedro, `nº ${numero}`);
});

afterAll(async () => {
  await original.close();
  modelo[Symbol.dispose]();
});

function copiar(): PastaTemporaria {
  const copia = pastaTemporaria();
  for (const arquivo of ARQUIVOS) copyFileSync(join(modelo.caminho, arquivo), join(copia.caminho, arquivo));
  return copia;
}

/** O mesmo depois de um fim em ordem: tudo no arquivo. */
async function copiarInteiro(): Promise<PastaTemporaria> {
  const copia = copiar();
  await abrirEmbutido(copia.caminho, opcoesDoStore({ aoFalhar: () => {} })).close();
  return copia;
}

function estragar(caminho: string, sorteio: Sorteio): void {
  const bytes = readFileSync(caminho);
  const pagina = sorteio.inteiro(Math.ceil(bytes.length / PAGINA_BYTES)) * PAGINA_BYTES;
  // O WAL tem um cabeçalho: a última página dele é incompleta.
  bytes.fill(0xa5, pagina, Math.min(pagina + PAGINA_BYTES, bytes.length));
  writeFileSync(caminho, bytes);
}

/** @returns a falha com que não abriu; ou `undefined`, depois de conferir que o que há é o começo do que havia */
async function conferir(pasta: string): Promise<StoreError | undefined> {
  let store: Store;
  try {
    store = abrirEmbutido(pasta, opcoesDoStore({ aoFalhar: () => {} }));
  } catch (erro) {
    expect(erro).toBeInstanceOf(StoreError);
    expect((erro as StoreError).message).not.toContain('\n');
    return erro as StoreError;
  }
  try {
    const pedro = await store.identificar(hashDe('token de Pedro'));
    if (!pedro) return undefined;
    const [, ...ditas] = (await ler(store, pedro, 0)).map(({ conteudo }) => conteudo);
    expect(ditas).toEqual(ditas.map((_, numero) => `nº ${numero}`));
  } catch (erro) {
    // O que não se consegue ler é recusado, não inventado.
    if (!(erro instanceof ContractError)) throw erro;
  } finally {
    await store.close();
  }
  return undefined;
}

test('inteiro, abre com tudo o que havia', async () => {
  using copia = copiar();
  expect(await conferir(copia.caminho)).toBeUndefined();
  const store = abrirEmbutido(copia.caminho, opcoesDoStore({ aoFalhar: () => {} }));
  const pedro = await store.identificar(hashDe('token de Pedro'));
  expect(pedro?.sala).toBe('Geral');
  await store.close();
});

test.each(ARQUIVOS)('com uma página qualquer de %s estragada, não inventa mensagens', (arquivo) =>
  comSorteio(async (sorteio) => {
    for (let vez = 0; vez < 10; vez += 1) {
      using copia = copiar();
      estragar(join(copia.caminho, arquivo), sorteio);
      const falha = await conferir(copia.caminho);
      if (falha) expect(falha.motivo).toBe('danificado');
    }
  }),
);

test.each(ARQUIVOS)('com %s cortado ao meio, não inventa mensagens', async (arquivo) => {
  using copia = copiar();
  const caminho = join(copia.caminho, arquivo);
  truncateSync(caminho, Math.floor(statSync(caminho).size / 2));
  const falha = await conferir(copia.caminho);
  if (falha) expect(falha.motivo).toBe('danificado');
});

test('com a estrutura de qualquer página estragada, não abre, e não se mexe nele', async () => {
  using inteiro = await copiarInteiro();
  const bons = readFileSync(join(inteiro.caminho, 'chat.db'));
  const paginas = bons.length / PAGINA_BYTES;
  await comSorteio(async (sorteio) => {
    for (const pagina of [0, 1, sorteio.inteiro(paginas), sorteio.inteiro(paginas)]) {
      const bytes = Buffer.from(bons);
      // O começo da página é a estrutura dela; o resto pode ser espaço livre, ou o texto de alguém.
      bytes.fill(0xa5, pagina * PAGINA_BYTES, pagina * PAGINA_BYTES + 64);
      using pasta = pastaTemporaria();
      const arquivo = join(pasta.caminho, 'chat.db');
      writeFileSync(arquivo, bytes);
      expect((await conferir(pasta.caminho))?.motivo, `página ${pagina}`).toBe('danificado');
      // Só o cabeçalho, que diz o modo do arquivo, pode mudar ao abri-lo.
      expect(readFileSync(arquivo).subarray(100).equals(bytes.subarray(100)), `página ${pagina}`).toBe(true);
    }
  });
});

test('o que não é um banco não abre, e não se mexe nele', async () => {
  for (const bytes of [Buffer.alloc(8192, 0x5a), Buffer.from('isto não é um banco de dados. '.repeat(20))]) {
    using pasta = pastaTemporaria();
    const arquivo = join(pasta.caminho, 'chat.db');
    writeFileSync(arquivo, bytes);
    expect((await conferir(pasta.caminho))?.motivo).toBe('danificado');
    expect(readFileSync(arquivo).equals(bytes)).toBe(true);
  }
});
