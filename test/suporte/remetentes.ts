/** Quem envia com `chave` e insiste até que o servidor reconheça, aconteça o que acontecer a ele. */

import { setTimeout as esperar } from 'node:timers/promises';
import { expect } from 'vitest';
import { chamar, type Resposta, resultado } from '../../scripts/comum/jsonrpc.ts';
import type { Mensagem } from '../../src/contract/chat.ts';

/** Entre uma tentativa e a seguinte. */
const PAUSA_MS = 15;

/** O servidor está fora, sem disco ou apertado: passa. */
const CODIGOS_QUE_PASSAM = new Set([1001, 2008, 2009]);

export interface Remetente {
  readonly nome: string;
  readonly token: string;
  /** O que o servidor reconheceu, na ordem em que foi enviado. */
  readonly reconhecidas: Mensagem[];
}

export interface Remetentes extends AsyncDisposable {
  readonly sala: string;
  readonly todos: readonly Remetente[];
  /** Quantas mensagens o servidor reconheceu até agora. */
  readonly reconhecidas: () => number;
  /** Quantas tentativas ficaram sem resposta ou foram recusadas por um tempo. */
  readonly falhas: () => number;
  /** Deixa cada um terminar o envio em que está, e falha se algum foi recusado de vez. */
  readonly parar: () => Promise<void>;
}

interface Inicio {
  /** Onde está o servidor. */
  readonly url: string;
  readonly sala: string;
  readonly nomes: readonly string[];
}

interface Insistencia {
  readonly aoFalhar?: () => void;
  readonly signal?: AbortSignal;
}

/** Chama até que haja uma resposta que não seja passageira. @returns a resposta, com o resultado ou a recusa */
export async function insistir(
  url: string,
  method: string,
  params: unknown,
  token?: string,
  { aoFalhar, signal }: Insistencia = {},
): Promise<Resposta> {
  for (;;) {
    signal?.throwIfAborted();
    const resposta = await chamar(url, method, params, token).catch(() => undefined);
    if (resposta && !CODIGOS_QUE_PASSAM.has(resposta.error?.code ?? 0)) return resposta;
    aoFalhar?.();
    await esperar(PAUSA_MS);
  }
}

/** Registra as pessoas, cria a sala se falta, entra com todas e começa a enviar, cada uma uma mensagem por vez. */
export async function iniciarRemetentes({ url, sala, nomes }: Inicio): Promise<Remetentes> {
  const todos: Remetente[] = [];
  for (const nome of nomes) {
    const { token } = await resultado(url, 'registrar_usuario', [nome]);
    if (todos.length === 0) await resultado(url, 'criar_sala', [sala], token);
    await resultado(url, 'entrar_sala', [nome, sala], token);
    todos.push({ nome, token, reconhecidas: [] });
  }
  let continuar = true;
  let falhas = 0;
  const desistencia = new AbortController();
  const insistencia = {
    signal: desistencia.signal,
    aoFalhar: () => {
      falhas += 1;
    },
  };

  async function enviarSempre({ nome, token, reconhecidas }: Remetente, indice: number): Promise<void> {
    while (continuar) {
      const numero = reconhecidas.length;
      // Uma em cada quatro é privada: tem de estar lá uma vez também para quem a recebe.
      const destinatario = numero % 4 === 3 ? nomes[(indice + 1) % nomes.length] : null;
      const texto = `${nome} nº ${numero}`;
      const params = [nome, sala, texto, destinatario, texto];
      const { result, error } = await insistir(url, 'enviar_mensagem', params, token, insistencia);
      if (error) throw new Error(`${texto} foi recusada: ${error.code} ${error.message}`);
      reconhecidas.push(result);
    }
  }

  const envios = todos.map(enviarSempre);
  // A falha de um é contada por `parar`; até lá ninguém a espera.
  const fim = Promise.all(envios);
  fim.catch(() => {});
  const parar = async () => {
    continuar = false;
    await fim;
  };
  return {
    sala,
    todos,
    reconhecidas: () => todos.reduce((soma, { reconhecidas }) => soma + reconhecidas.length, 0),
    falhas: () => falhas,
    parar,
    [Symbol.asyncDispose]: async () => {
      continuar = false;
      desistencia.abort();
      await Promise.allSettled(envios);
    },
  };
}

/** Tudo o que alguém pode ver na sala, página por página. */
export async function lerHistoria(url: string, nome: string, token: string, sala: string): Promise<Mensagem[]> {
  const todas: Mensagem[] = [];
  for (;;) {
    const pagina: Mensagem[] = await resultado(url, 'receber_mensagens', [nome, sala, todas.at(-1)?.id ?? 0], token);
    if (pagina.length === 0) return todas;
    todas.push(...pagina);
  }
}

/** Cada reconhecida está na história uma vez, igual; os ids crescem; o que cada um enviou está na ordem em que enviou. */
export async function conferirRemetentes(url: string, { sala, todos }: Remetentes): Promise<void> {
  for (const leitor of todos) {
    const historia = await lerHistoria(url, leitor.nome, leitor.token, sala);
    expect(crescem(historia.map(({ id }) => id))).toBe(true);
    for (const { nome, reconhecidas } of todos) {
      const enviadas = historia.filter(({ origem }) => origem === nome);
      const visiveis = reconhecidas.filter(
        ({ tipo, destino }) => tipo === 'broadcast' || nome === leitor.nome || destino === leitor.nome,
      );
      expect(enviadas, `${nome}, visto por ${leitor.nome}`).toEqual(visiveis);
    }
  }
}

function crescem(ids: readonly number[]): boolean {
  return ids.every((id, indice) => indice === 0 || id > (ids[indice - 1] as number));
}
