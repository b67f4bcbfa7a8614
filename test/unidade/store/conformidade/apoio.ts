/** A bancada da conformidade: um store aberto com o tempo parado, o que ele avisa, e as pessoas que o usam. */

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import type { TipoDeErro } from '../../../../src/contract/errors.ts';
import type { Prazos } from '../../../../src/store/prazos.ts';
import type { Envio, Gravada, LimiteDeChamadas, OpcoesDoStore, Sessao, Store } from '../../../../src/store/store.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

/** Como cada implementação se abre. */
export type AbrirStore = (opcoes: OpcoesDoStore) => Promise<StoreAberto>;

export interface StoreAberto extends AsyncDisposable {
  readonly store: Store;
  /** Fecha e abre de novo, sobre os mesmos dados. */
  readonly reabrir: () => Promise<Store>;
}

export interface Bancada extends StoreAberto {
  readonly relogio: RelogioDeTeste;
  /** O que o store avisou das salas que se acompanham. */
  readonly gravadas: Gravada[];
  /** `Pedro nasceu`, `Pedro acabou`. */
  readonly mudancasDeNomes: string[];
  /** As sessões que têm uma chamada que espera. */
  readonly emEspera: Set<number>;
  /** Passa tempo como ele passa num servidor: com uma varredura a cada poucos segundos. */
  readonly passar: (ms: number) => Promise<void>;
}

/** @param opcoes no lugar das da bancada */
export type AbrirBancada = (opcoes?: Partial<OpcoesDoStore>) => Promise<Bancada>;

/** Um registro sem chamada dura 5 min: os outros prazos são mais curtos. */
export const PRAZOS: Prazos = { usuarioAusenteMs: 40_000, sessaoExpiraMs: 120_000, salaInativaMs: 20_000 };

/** Menos que uma interrupção, com aqueles prazos. */
const PASSO_MS = 5_000;

export const AGORA_MS = Date.UTC(2024, 4, 6, 12, 34, 56, 789);

export async function montar(abrir: AbrirStore, opcoes: Partial<OpcoesDoStore> = {}): Promise<Bancada> {
  const relogio = relogioDeTeste();
  relogio.acertarHora(AGORA_MS - relogio.agoraMs());
  const gravadas: Gravada[] = [];
  const mudancasDeNomes: string[] = [];
  const emEspera = new Set<number>();
  const aberto = await abrir({
    clock: relogio,
    prazos: PRAZOS,
    emEspera,
    aoGravar: (gravada) => gravadas.push(gravada),
    aoMudarNomes: (nome, mudanca) => mudancasDeNomes.push(`${nome} ${mudanca}`),
    aoFalhar: (erro) => {
      throw erro;
    },
    ...opcoes,
  });
  let { store } = aberto;
  return {
    store,
    relogio,
    gravadas,
    mudancasDeNomes,
    emEspera,
    reabrir: async () => {
      store = await aberto.reabrir();
      return store;
    },
    passar: async (ms) => {
      for (let faltamMs = ms; faltamMs > 0; faltamMs -= PASSO_MS) {
        relogio.avancar(Math.min(PASSO_MS, faltamMs));
        await store.varrer();
      }
    },
    [Symbol.asyncDispose]: () => aberto[Symbol.asyncDispose](),
  };
}

export function hashDe(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function registrar(store: Store, nome: string): Promise<Sessao> {
  return store.registrar({ nome, tokenHash: hashDe(`token de ${nome}`) });
}

/** Registra cada nome e o põe na sala, que é criada antes. */
export async function reunir<N extends string>(
  store: Store,
  nomeSala: string,
  ...nomes: N[]
): Promise<Record<N, Sessao>> {
  const pessoas = {} as Record<N, Sessao>;
  for (const [indice, nome] of nomes.entries()) {
    const pessoa = await registrar(store, nome);
    if (indice === 0) await criarSala(store, pessoa, nomeSala);
    await entrar(store, pessoa, nomeSala);
    pessoas[nome] = pessoa;
  }
  return pessoas;
}

export function criarSala(store: Store, { id }: Sessao, nomeSala: string, limite?: LimiteDeChamadas): Promise<void> {
  return store.criarSala({ sessaoId: id, nomeSala, limite });
}

export function entrar(store: Store, { id }: Sessao, nomeSala: string, limite?: LimiteDeChamadas) {
  return store.entrar({ sessaoId: id, nomeSala, limite });
}

export function enviar(store: Store, { id }: Sessao, conteudo: string, envio: Partial<Envio> = {}) {
  return store.enviar({
    sessaoId: id,
    nomeSala: 'Geral',
    conteudo,
    destinatario: undefined,
    chave: undefined,
    ...envio,
  });
}

export async function ler(
  store: Store,
  { id }: Sessao,
  desde?: number,
  nomeSala = 'Geral',
): Promise<readonly Mensagem[]> {
  return (await store.ler({ sessaoId: id, nomeSala, desde })).mensagens;
}

export function textos(mensagens: readonly Mensagem[]): string[] {
  return mensagens.map(({ conteudo }) => conteudo);
}

export async function recusa(promessa: Promise<unknown>, tipo: TipoDeErro): Promise<void> {
  await expect(promessa).rejects.toMatchObject({ name: 'ContractError', tipo });
}

/** Um limite que já não tem lugar para quem o usou uma vez. */
export const UM: LimiteDeChamadas = { maximo: 1, janelaMs: 60_000 };

/** Avisa-se da sala, e só do que vier a partir de agora. */
export async function acompanhar(
  { store, gravadas }: Bancada,
  { id }: Sessao,
  nomeSala = 'Geral',
): Promise<readonly Gravada[]> {
  await store.ler({ sessaoId: id, nomeSala, desde: undefined, acompanhar: true });
  gravadas.length = 0;
  return gravadas;
}

/** Passa o prazo das salas sem ninguém; quem está em `presentes` dá sinal de vida o tempo todo. */
export async function esperarRemocaoDeSalas(bancada: Bancada, ...presentes: Sessao[]): Promise<void> {
  for (const { id } of presentes) bancada.emEspera.add(id);
  await bancada.passar(PRAZOS.salaInativaMs);
  for (const { id } of presentes) bancada.emEspera.delete(id);
}
