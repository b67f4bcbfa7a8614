/** O que a versão 1.0.0 gravou abre nesta, num Redis e num cluster: com tudo, e só uma vez. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarCluster, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { RedisRegistry } from '../../../../src/binder/registry/redis-registry.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { RedisIndisponivel } from '../../../../src/redis/redis-error.ts';
import { nada, numero } from '../../../../src/redis/resposta.ts';
import { FORMATO, MIGRACAO, VARREDURA } from '../../../../src/store/redis/formato/chaves.ts';
import { FORMATO_ATUAL, migrar } from '../../../../src/store/redis/migracoes/migrar.ts';
import type { Sessao, Store } from '../../../../src/store/store.ts';
import { enviar, hashDe, ler, recusa, registrar } from '../conformidade/apoio.ts';
import { abrirFrota, conectar, type Frota, interceptar } from './apoio.ts';

interface Gravado {
  readonly sessoes: readonly {
    readonly nome: string;
    readonly token: string;
    readonly sala: string | null;
    readonly mensagens: readonly Mensagem[];
  }[];
  readonly salas: readonly { readonly nomeSala: string; readonly usuarios: number }[];
  readonly usuarios: Readonly<Record<string, readonly string[]>>;
  readonly repetiveis: readonly {
    readonly quem: string;
    readonly sala: string;
    readonly chave: string;
    readonly destinatario: string | null;
    readonly mensagem: Mensagem;
  }[];
  readonly dados: readonly {
    readonly chave: string;
    readonly comando: string;
    readonly valores: readonly (string | readonly [id: string, campos: readonly string[]])[];
    readonly ttlMs?: number;
  }[];
}

/** Como se fez, o próprio arquivo diz. */
const GRAVADO = JSON.parse(readFileSync(join(import.meta.dirname, 'dados-1.0.0.json'), 'utf8')) as Gravado;

describe.skipIf(!HA_REDIS).each([
  ['um Redis', iniciarRedis],
  ['um Redis Cluster', iniciarCluster],
])(`os dados da versão 1.0.0 em %s${SEM_REDIS}`, (_, iniciar) => {
  let redis: Redis;
  let frota: Frota;
  let store: Store;
  const avisos: string[] = [];
  beforeAll(async () => {
    redis = await iniciar();
    frota = await abrirFrota(redis);
    store = frota.store;
  });
  afterAll(async () => {
    await frota?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    avisos.length = 0;
    await frota.esvaziar();
    for (const { chave, comando, valores, ttlMs } of GRAVADO.dados) {
      const vezes =
        comando === 'XADD' ? valores.map((entrada) => [entrada].flat(2) as string[]) : [valores as string[]];
      for (const vez of vezes) await frota.redis.comando(nada, chave, comando, chave, ...vez);
      if (ttlMs) await frota.redis.comando(nada, chave, 'PEXPIRE', chave, ttlMs);
    }
  });

  const passar = async (ms: number) => frota.relogio.avancar(ms);
  const abrir = (conexao = frota.redis, esperar: (ms: number) => Promise<unknown> = passar) =>
    migrar({ ...frota.base, redis: conexao, aoAvisar: (linha) => avisos.push(linha), esperar });

  async function sessaoDe(nome: string): Promise<Sessao> {
    const { token = '' } = GRAVADO.sessoes.find((sessao) => sessao.nome === nome) ?? {};
    return (await store.identificar(hashDe(token))) as Sessao;
  }

  async function lerTudo(sessao: Sessao, nomeSala: string): Promise<Mensagem[]> {
    const lidas: Mensagem[] = [];
    for (let desde = 0; ; ) {
      const pagina = await ler(store, sessao, desde, nomeSala);
      if (pagina.length === 0) return lidas;
      lidas.push(...pagina);
      desde = (pagina.at(-1) as Mensagem).id;
    }
  }

  async function conferirTudo(): Promise<void> {
    expect(await store.listarSalas()).toEqual(GRAVADO.salas);
    for (const { nome, sala, mensagens } of GRAVADO.sessoes) {
      const sessao = await sessaoDe(nome);
      expect(sessao).toMatchObject({ nome, sala });
      if (sala !== null) expect(await lerTudo(sessao, sala), nome).toEqual(mensagens);
      await recusa(registrar(store, nome.toUpperCase()), 'NOME_EM_USO');
    }
    const Ana = await sessaoDe('Ana');
    for (const [sala, usuarios] of Object.entries(GRAVADO.usuarios)) {
      expect(await store.listarUsuarios(Ana.id, sala), sala).toEqual(usuarios);
    }
    for (const { quem, sala, chave, destinatario, mensagem } of GRAVADO.repetiveis) {
      const deNovo = { chave, destinatario: destinatario ?? undefined };
      for (const nomeSala of [sala, 'Geral']) {
        const enviada = await enviar(store, await sessaoDe(quem), 'outra coisa', { ...deNovo, nomeSala });
        expect(enviada, `${quem} em ${nomeSala}`).toEqual({ mensagem, repetida: true });
      }
    }
  }

  test('abrem com cada sessão, sala, pessoa, mensagem, privada e chave de repetição', async () => {
    await abrir();
    await conferirTudo();
    expect(avisos).toEqual([`Os dados no Redis são do formato 1: passam ao ${FORMATO_ATUAL} antes de servir.`]);
  });

  test('e o chat continua: as mensagens novas vêm depois, um nome com sigma final se acha, um nome livre se registra', async () => {
    await abrir();
    const [Ana, Pedro, Maria, nikos] = [
      await sessaoDe('Ana'),
      await sessaoDe('Pedro'),
      await sessaoDe('Maria'),
      await sessaoDe('Νίκος'),
    ];
    const ultima = (await lerTudo(Ana, 'Geral')).at(-1) as Mensagem;
    const { mensagem: nova } = await enviar(store, Pedro, 'nova', { destinatario: 'ANA' });
    expect(nova.id).toBeGreaterThan(ultima.id);
    expect(await ler(store, Ana, ultima.id)).toEqual([nova]);
    await store.entrar({ sessaoId: Ana.id, nomeSala: 'δρομοσ' });
    const { mensagem: aNikos } = await enviar(store, Ana, 'oi', { destinatario: 'ΝΊΚΟΣ', nomeSala: 'ΔΡΟΜΟΣ' });
    expect((await lerTudo(nikos, 'ΔΡΟΜΟΣ')).at(-1)).toEqual(aNikos);
    await store.entrar({ sessaoId: Pedro.id, nomeSala: 'Café da Manhã' });
    expect((await lerTudo(Pedro, 'Café da Manhã')).map(({ conteudo }) => conteudo)).toContain('resposta');
    expect((await lerTudo(Maria, 'Café da Manhã')).map(({ conteudo }) => conteudo)).toContain('segredo no café');
    await store.encerrar(nikos.id);
    expect(await store.registrar({ nome: 'Foi', tokenHash: hashDe('novo') })).toMatchObject({
      nome: 'Foi',
      sala: null,
    });
    expect(await store.registrar({ nome: 'νικοσ', tokenHash: hashDe('outro') })).toMatchObject({ sala: null });
  });

  test('quem entrou e quem saiu deixa de ocupar lugar entre as últimas, e cada um tem a sua entrada', async () => {
    await abrir();
    const conferir = async (nome: string, nomeSala: string) => {
      const { mensagens = [] } = GRAVADO.sessoes.find((sessao) => sessao.nome === nome) ?? {};
      const ditas = mensagens.filter(({ origem }) => origem !== 'SERVER').slice(-50);
      const entrada = mensagens.findLast(({ conteudo }) => conteudo === `${nome} entrou na sala.`) as Mensagem;
      const esperadas = [...ditas, entrada].sort((uma, outra) => uma.id - outra.id);
      expect(await ler(store, await sessaoDe(nome), undefined, nomeSala), nome).toEqual(esperadas);
    };
    await conferir('Ana', 'Geral');
    await conferir('Pedro', 'Geral');
    await conferir('Maria', 'Café da Manhã');
    await conferir('Νίκος', 'ΔΡΟΜΟΣ');
  });

  test('a sala com gente é de quem está nela há mais tempo, e quando ele se vai passa ao seguinte; a vazia não é de ninguém', async () => {
    await abrir();
    const donos = async () =>
      Object.fromEntries((await store.listarSalasComDetalhes()).map(({ nomeSala, dono }) => [nomeSala, dono]));
    const { mensagens = [] } = GRAVADO.sessoes.find(({ nome }) => nome === 'Ana') ?? {};
    const entrada = (nome: string) => mensagens.findLastIndex(({ conteudo }) => conteudo === `${nome} entrou na sala.`);
    const [primeiro, segundo] = [...(GRAVADO.usuarios['Geral'] ?? [])].sort(
      (um, outro) => entrada(um) - entrada(outro),
    );
    expect(await donos()).toMatchObject({ Geral: primeiro, 'Café da Manhã': 'Maria', ΔΡΟΜΟΣ: 'Νίκος', Vazia: null });
    await store.encerrar((await sessaoDe(primeiro as string)).id);
    expect(await donos()).toMatchObject({ Geral: segundo });
    const { id } = await sessaoDe(segundo as string);
    await store.entrar({ sessaoId: id, nomeSala: 'Vazia' });
    expect(await donos()).toMatchObject({ Geral: segundo, Vazia: segundo });
    await store.encerrar(id);
    expect(await donos()).not.toMatchObject({ Geral: segundo });
  });

  test('o fim de uma sessão apaga o que ela deixou, também nas salas de que tinha saído', async () => {
    await abrir();
    const quem = [await sessaoDe('Pedro'), await sessaoDe('Ana'), await sessaoDe('Νίκος')];
    for (const { id } of quem) await store.encerrar(id);
    const chaves = (await redis.emTodos('KEYS', '*')).join('');
    for (const { id, nome } of quem)
      expect(chaves, nome).not.toMatch(
        new RegExp(`:(rastros|usos|envios|usos-antigos|envios-antigos|privadas):${id}\\r`),
      );
    expect((await lerTudo(await sessaoDe('Maria'), 'Café da Manhã')).map(({ conteudo }) => conteudo)).toContain(
      'segredo no café',
    );
  });

  test('não fica nenhuma chave do Redis que só a 1.0.0 lia', async () => {
    await abrir();
    const chaves = (await redis.emTodos('KEYS', '*')).join('');
    expect(chaves).not.toMatch(/:(uso|envio):|ς/);
  });

  test('uma migração que um kill interrompe, em qualquer ponto, recomeça e acaba', async () => {
    for (let restam = 1, acabou = false; !acabou; restam += 29) {
      let faltam = restam;
      const mortal = interceptar(frota.redis, () => {
        faltam -= 1;
        if (faltam < 0) throw new RedisIndisponivel('morto');
      });
      acabou = await abrir(mortal).then(
        () => true,
        (erro: unknown) => {
          if (!(erro instanceof RedisIndisponivel)) throw erro;
          return false;
        },
      );
    }
    await conferirTudo();
  });

  test('dois servidores que abrem ao mesmo tempo migram uma vez só, e nenhum serve antes', async () => {
    const semTempo = () => new Promise((resolve) => setImmediate(resolve));
    await Promise.all([1, 2, 3].map(() => abrir(frota.redis, semTempo)));
    expect(avisos).toHaveLength(1);
    await conferirTudo();
  });

  test('abrir de novo não muda nada', async () => {
    await abrir();
    await enviar(store, await sessaoDe('Ana'), 'nova', { chave: 'chave-nova' });
    const antes = await lerTudo(await sessaoDe('Ana'), 'Geral');
    await frota.redis.comando(nada, FORMATO, 'DEL', FORMATO);
    await abrir();
    await abrir();
    expect(await lerTudo(await sessaoDe('Ana'), 'Geral')).toEqual(antes);
    expect(await store.listarSalas()).toEqual(GRAVADO.salas);
    expect(await frota.redis.comando(numero, FORMATO, 'GET', FORMATO)).toBe(FORMATO_ATUAL);
  });

  test('enquanto um servidor 1.0.0 varre, este se recusa a começar, numa linha', async () => {
    const horaMs = Number((await redis.comando('TIME')).match(/\d{9,}/)?.[0]) * 1_000 + 3_600_000;
    await frota.redis.comando(nada, VARREDURA, 'HSET', VARREDURA, 'ultima', horaMs);
    await expect(abrir()).rejects.toMatchObject({
      name: 'RedisError',
      message: 'Um servidor da versão 1.0.0 ainda usa este Redis: encerre todos antes de iniciar este.',
    });
    expect(await frota.redis.comando(numero, FORMATO, 'EXISTS', FORMATO)).toBe(0);
  });

  test('o registro dos binders continua: o endpoint sem lease e os que ainda o têm', async () => {
    const registro = await RedisRegistry.abrir(await conectar(redis), frota.relogio);
    try {
      expect(await registro.lookup('somar')).toEqual({ address: '10.0.0.7', port: 9000, ttl_s: null });
    } finally {
      await registro.close();
    }
  });
});

describe.skipIf(!HA_REDIS)(`o formato dos dados no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let frota: Frota;
  beforeAll(async () => {
    redis = await iniciarRedis();
    frota = await abrirFrota(redis);
  });
  beforeEach(() => frota.esvaziar());
  afterAll(async () => {
    await frota?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  test('um Redis vazio fica no desta versão, sem nada a dizer', async () => {
    const avisos: string[] = [];
    await migrar({ ...frota.base, aoAvisar: (linha) => avisos.push(linha) });
    expect(await frota.redis.comando(numero, FORMATO, 'GET', FORMATO)).toBe(FORMATO_ATUAL);
    expect(await frota.redis.comando(numero, MIGRACAO, 'HLEN', MIGRACAO)).toBe(0);
    expect(avisos).toEqual([]);
  });

  test('dados de uma versão mais nova são recusados numa linha, e ficam como estão', async () => {
    await frota.redis.comando(nada, FORMATO, 'SET', FORMATO, FORMATO_ATUAL + 1);
    await expect(migrar(frota.base)).rejects.toMatchObject({
      name: 'RedisError',
      message: `Os dados no Redis foram gravados por uma versão mais nova deste programa (formato ${FORMATO_ATUAL + 1}; este conhece até o ${FORMATO_ATUAL}).`,
    });
    expect(await frota.redis.comando(numero, FORMATO, 'GET', FORMATO)).toBe(FORMATO_ATUAL + 1);
  });
});
