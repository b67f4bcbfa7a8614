/** O que se recusa não deixa nada no Redis: quem só ouve recusas não o enche, por muito que chame. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HA_REDIS, iniciarRedis, type Redis, SEM_REDIS } from '../../../../scripts/comum/redis.ts';
import { lista, texto } from '../../../../src/redis/resposta.ts';
import type { Sessao, Store } from '../../../../src/store/store.ts';
import { criarSala, entrar, enviar, hashDe, recusa, reunir, UM } from '../conformidade/apoio.ts';
import { abrirFrota, type Frota } from './apoio.ts';

interface Recusada {
  readonly nome: string;
  readonly tipo: Parameters<typeof recusa>[1];
  /** @param vez outra a cada chamada */
  readonly agir: (store: Store, quem: { readonly Ana: Sessao; readonly Bia: Sessao }, vez: number) => Promise<unknown>;
}

const SO_UMA_VAZIA = { porPessoa: 1, porRede: 9 };
const EM_GERAL = { nomeSala: 'Geral' };

/** Ana é dona de Geral e está nela; Bia está em Outra, de que é dona. */
const RECUSADAS: readonly Recusada[] = [
  {
    nome: 'enviar a uma sala que não há',
    tipo: 'SALA_NAO_ENCONTRADA',
    agir: (store, { Ana }, vez) => enviar(store, Ana, 'a', { chave: `k${vez}`, nomeSala: `Não há ${vez}` }),
  },
  {
    nome: 'enviar a uma sala em que não se está',
    tipo: 'FORA_DA_SALA',
    agir: (store, { Bia }, vez) => enviar(store, Bia, 'a', { chave: `k${vez}` }),
  },
  {
    nome: 'criar uma sala quando já há tantas sem ninguém',
    tipo: 'LIMITE_EXCEDIDO',
    agir: (store, { Ana }, vez) => store.criarSala({ sessaoId: Ana.id, nomeSala: `Nova ${vez}`, vazias: SO_UMA_VAZIA }),
  },
  {
    nome: 'criar uma sala que há',
    tipo: 'SALA_JA_EXISTE',
    agir: (store, { Bia }) => criarSala(store, Bia, 'Geral'),
  },
  {
    nome: 'entrar numa sala que não há',
    tipo: 'SALA_NAO_ENCONTRADA',
    agir: (store, { Ana }, vez) => entrar(store, Ana, `Não há ${vez}`),
  },
  {
    nome: 'entrar numa sala sem a senha dela',
    tipo: 'SENHA_INCORRETA',
    agir: (store, { Bia }) => entrar(store, Bia, 'Geral'),
  },
  {
    nome: 'registrar um nome que é de outra pessoa',
    tipo: 'NOME_EM_USO',
    agir: (store, _, vez) => store.registrar({ nome: 'ANA', tokenHash: hashDe(`${vez}`) }),
  },
  {
    nome: 'passar a sala a quem não está nela',
    tipo: 'DESTINATARIO_FORA_DA_SALA',
    agir: (store, { Ana }) => store.passarSala({ ...EM_GERAL, sessaoId: Ana.id, alvo: 'Bia' }),
  },
  {
    nome: 'passar a sala de outra pessoa',
    tipo: 'SEM_PERMISSAO',
    agir: (store, { Bia }) => store.passarSala({ ...EM_GERAL, sessaoId: Bia.id, alvo: 'Ana' }),
  },
  {
    nome: 'silenciar quem não está na sala',
    tipo: 'DESTINATARIO_FORA_DA_SALA',
    agir: (store, { Ana }, vez) =>
      store.silenciar({ ...EM_GERAL, sessaoId: Ana.id, alvo: `Ninguém ${vez}`, silenciado: true }),
  },
  {
    nome: 'expulsar quem não está na sala',
    tipo: 'DESTINATARIO_FORA_DA_SALA',
    agir: (store, { Ana }, vez) =>
      store.expulsar({ ...EM_GERAL, sessaoId: Ana.id, alvo: `Ninguém ${vez}`, duracaoMs: 60_000 }),
  },
  {
    nome: 'configurar a sala de outra pessoa em que ninguém mexeu ainda',
    tipo: 'SEM_PERMISSAO',
    agir: (store, { Ana }) => store.configurarSala({ sessaoId: Ana.id, nomeSala: 'Parada', permanente: true }),
  },
  {
    nome: 'esperar numa sala que não há',
    tipo: 'SALA_NAO_ENCONTRADA',
    agir: (store, { Ana }, vez) =>
      store.ler({ sessaoId: Ana.id, nomeSala: `Não há ${vez}`, desde: 0, acompanhar: true }),
  },
];

describe.skipIf(!HA_REDIS)(`o que se recusa, no Redis${SEM_REDIS}`, () => {
  let redis: Redis;
  let frota: Frota;
  beforeAll(async () => {
    redis = await iniciarRedis();
    frota = await abrirFrota(redis);
  });
  afterAll(async () => {
    await frota?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  beforeEach(() => frota.esvaziar());

  /** Cada chave com o que tem, fora os limites, que acabam por si, os contadores e o relógio. */
  async function guardado(): Promise<ReadonlyMap<string, string>> {
    const chaves = await frota.redis.comando(lista(texto), 'chat:', 'KEYS', 'chat:*');
    const ficam = chaves.filter((chave) => !/:ritmo:|:registros$|:contador$|:tempo$/.test(chave));
    const ler = async (chave: string) => [chave, await frota.redis.comando(texto, chave, 'DUMP', chave)] as const;
    return new Map(await Promise.all(ficam.map(ler)));
  }

  /** As chaves que nasceram, mudaram ou acabaram enquanto se agia. */
  async function mudancas(agir: () => Promise<unknown>): Promise<string[]> {
    const antes = await guardado();
    await agir();
    const depois = await guardado();
    return [...new Set([...antes.keys(), ...depois.keys()])].filter((chave) => antes.get(chave) !== depois.get(chave));
  }

  test.each(RECUSADAS)('$nome não deixa nada', async ({ tipo, agir }) => {
    const { store } = frota;
    const { Ana } = await reunir(store, 'Geral', 'Ana');
    const { Bia } = await reunir(store, 'Outra', 'Bia');
    await criarSala(store, Bia, 'Parada');
    await store.criarSala({ sessaoId: Ana.id, nomeSala: 'Vazia', vazias: SO_UMA_VAZIA });
    await store.configurarSala({ ...EM_GERAL, sessaoId: Ana.id, senha: 'guardada' });
    const mudaram = await mudancas(async () => {
      for (let vez = 0; vez < 3; vez += 1) await recusa(agir(store, { Ana, Bia }, vez), tipo);
    });
    expect(mudaram).toEqual([]);
  });

  test('nem o que se recusa por um limite', async () => {
    const { store } = frota;
    await reunir(store, 'Outra', 'Bia');
    const { Ana } = await reunir(store, 'Geral', 'Ana');
    await enviar(store, Ana, 'a', { limite: UM });
    await criarSala(store, Ana, 'De Ana', UM);
    const mudaram = await mudancas(async () => {
      await recusa(enviar(store, Ana, 'a', { chave: 'k', limite: UM }), 'LIMITE_EXCEDIDO');
      await recusa(criarSala(store, Ana, 'Nova', UM), 'LIMITE_EXCEDIDO');
      await recusa(entrar(store, Ana, 'Outra', UM), 'LIMITE_EXCEDIDO');
    });
    expect(mudaram).toEqual([]);
  });
});
