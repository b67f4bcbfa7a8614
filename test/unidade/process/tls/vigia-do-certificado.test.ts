/** O certificado de quem atende: o que se diz dele, e quando o novo passa a valer. */

import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Campos } from '../../../../src/process/log.ts';
import { type Identidade, lerIdentidade } from '../../../../src/process/tls/tls.ts';
import { VigiaDoCertificado } from '../../../../src/process/tls/vigia-do-certificado.ts';
import { type ArquivosDeIdentidade, type Autoridade, criarAutoridade } from '../../../suporte/certificados.ts';

const UM_DIA_MS = 24 * 3_600_000;
const AQUI = ['localhost', '127.0.0.1'];

let pasta: PastaTemporaria;
let autoridade: Autoridade;
const abertos: VigiaDoCertificado[] = [];

beforeEach(() => {
  pasta = pastaTemporaria();
  autoridade = criarAutoridade(pasta.caminho);
});

afterEach(async () => {
  for (const vigia of abertos.splice(0)) await vigia.close();
  pasta[Symbol.dispose]();
});

function vigiar({ cert, key }: ArquivosDeIdentidade, nomes: readonly string[] = AQUI) {
  const identidade = lerIdentidade('processo', { 'tls-cert': cert, 'tls-key': key });
  if (!identidade) throw new Error('falta a identidade');
  const relogio = { agora: Date.now() };
  const linhas: string[] = [];
  const trocas: Identidade[] = [];
  const anotar = (mensagem: string, campos?: Campos) => void linhas.push(`${mensagem} ${JSON.stringify(campos)}`);
  const vigia = new VigiaDoCertificado({
    identidade,
    nomes,
    clock: { agoraMs: () => relogio.agora, monotonicoMs: () => relogio.agora },
    log: { info: anotar, aviso: anotar, erro: anotar },
    trocar: (nova) => trocas.push(nova),
  });
  abertos.push(vigia);
  vigia.iniciar();
  return { vigia, linhas, trocas, relogio };
}

describe('na partida', () => {
  test('de um certificado que serve nada se diz', () => {
    expect(vigiar(autoridade.emitir('a', AQUI)).linhas).toEqual([]);
    expect(vigiar(autoridade.emitir('b', ['192.0.2.1']), ['192.0.2.1']).linhas).toEqual([]);
  });

  test('basta que ele sirva a um dos nomes', () => {
    expect(vigiar(autoridade.emitir('a', ['localhost']), ['127.0.0.1', 'localhost']).linhas).toEqual([]);
  });

  test('sem saber por que nome se chega, só a validade se confere', () => {
    expect(vigiar(autoridade.emitir('a', ['longe.example']), []).linhas).toEqual([]);
    expect(vigiar(autoridade.emitir('b', ['longe.example'], -60_000), []).linhas).toEqual([
      expect.stringMatching(/venceu/),
    ]);
  });

  test.each<[caso: string, hosts: readonly string[], validadeMs: number, diz: RegExp]>([
    ['vencido', AQUI, -60_000, /^o certificado venceu: .*cert\.pem.*"venceu":"20/],
    [
      'de outro nome',
      ['longe.example'],
      UM_DIA_MS,
      /^o certificado é de outro endereço: .*"127.0.0.1".*longe\.example/,
    ],
  ])('de um certificado %s diz-se numa linha', (_caso, hosts, validadeMs, diz) => {
    const { linhas } = vigiar(autoridade.emitir('a', hosts, validadeMs), ['127.0.0.1']);
    expect(linhas).toEqual([expect.stringMatching(diz)]);
  });
});

describe('ao longo do tempo', () => {
  test('um certificado que ainda não vale é dito uma vez; depois vale, e o vencimento também se diz', async () => {
    const { vigia, linhas, relogio } = vigiar(autoridade.emitir('a', AQUI));
    relogio.agora -= 4 * UM_DIA_MS;
    await vigia.conferir();
    await vigia.conferir();
    expect(linhas).toEqual([expect.stringMatching(/^o certificado ainda não vale: .*"vale-de":"20/)]);
    relogio.agora += 4 * UM_DIA_MS;
    await vigia.conferir();
    expect(linhas).toHaveLength(1);
    relogio.agora += 4 * UM_DIA_MS;
    await vigia.conferir();
    expect(linhas.slice(1)).toEqual([expect.stringMatching(/^o certificado venceu/)]);
  });

  test('enquanto os arquivos são os mesmos, nada se troca', async () => {
    const { vigia, trocas, linhas } = vigiar(autoridade.emitir('a', AQUI));
    await vigia.conferir();
    expect(trocas).toEqual([]);
    expect(linhas).toEqual([]);
  });

  test('um par novo nos mesmos arquivos passa a valer, e a validade dele se confere', async () => {
    const { vigia, trocas, linhas } = vigiar(autoridade.emitir('a', AQUI, -60_000));
    const { cert, key } = autoridade.emitir('a', AQUI);
    await vigia.conferir();
    const arquivos = { cert, key };
    expect(trocas).toEqual([lerIdentidade('processo', { 'tls-cert': cert, 'tls-key': key })]);
    expect(trocas[0]?.arquivos).toEqual(arquivos);
    expect(linhas.slice(1)).toEqual([expect.stringMatching(/^o certificado mudou/)]);
    autoridade.emitir('a', ['longe.example']);
    await vigia.conferir();
    expect(trocas).toHaveLength(2);
    expect(linhas.at(-1)).toMatch(/^o certificado é de outro endereço/);
  });

  test('com um arquivo trocado e o outro ainda não, valem os de antes, e depois os novos', async () => {
    const emUso = autoridade.emitir('a', AQUI);
    const { vigia, trocas, linhas } = vigiar(emUso);
    const novos = autoridade.emitir('b', AQUI);
    copyFileSync(novos.cert, emUso.cert);
    await vigia.conferir();
    await vigia.conferir();
    expect(trocas).toEqual([]);
    expect(linhas).toEqual([expect.stringMatching(/não formam um par: valem os de antes/)]);
    copyFileSync(novos.key, emUso.key);
    await vigia.conferir();
    expect(trocas).toHaveLength(1);
  });

  test('o que não é um certificado, e um arquivo que sumiu, não desfazem o que vale', async () => {
    const { cert, key } = autoridade.emitir('a', AQUI);
    const { vigia, trocas } = vigiar({ cert, key, argumentos: [] });
    writeFileSync(cert, 'lixo');
    await vigia.conferir();
    rmSync(key);
    await expect(vigia.conferir()).rejects.toThrow('ENOENT');
    expect(trocas).toEqual([]);
  });
});
