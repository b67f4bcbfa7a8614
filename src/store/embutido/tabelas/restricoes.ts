/**
 * Quem não pode falar numa sala, e quem não pode entrar: no arquivo, e na memória, porque se pergunta a cada envio.
 * O arquivo decide: o que um grupo fez aqui e não se confirmou é desfeito.
 */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Connection } from '../banco/connection.ts';

export class Restricoes {
  readonly #clock: Clock;
  /** Por sala, as sessões. */
  readonly #silenciados = new Map<number, Set<number>>();
  /** Por sala, o nome como se compara → até quando, em tempo monotônico. */
  readonly #expulsos = new Map<number, Map<string, number>>();
  readonly #silenciar;
  readonly #deixarFalar;
  readonly #expulsar;
  readonly #readmitir;
  readonly #esquecerSilenciados;
  readonly #esquecerExpulsos;
  /** Como desfazer o que o grupo em andamento fez, na ordem em que ele fez. */
  #voltas: (() => void)[] = [];

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#silenciar = connection.gravacao('INSERT OR REPLACE INTO silenciados VALUES (?, ?)');
    this.#deixarFalar = connection.gravacao('DELETE FROM silenciados WHERE sala_id = ? AND sessao_id = ?');
    this.#expulsar = connection.gravacao('INSERT OR REPLACE INTO expulsos VALUES (?, ?, ?, ?)');
    this.#readmitir = connection.gravacao('DELETE FROM expulsos WHERE sala_id = ? AND nome = ?');
    this.#esquecerSilenciados = connection.gravacao('DELETE FROM silenciados WHERE sala_id = ?');
    this.#esquecerExpulsos = connection.gravacao('DELETE FROM expulsos WHERE sala_id = ?');
    const silenciados = connection.registros<[number, number]>('SELECT sala_id, sessao_id FROM silenciados');
    for (const [salaId, sessaoId] of silenciados()) daSala(this.#silenciados, salaId, novoSet).add(sessaoId);
    const expulsos = connection.registros<[number, string, number, number]>(
      'SELECT sala_id, nome, ate_ms, duracao_ms FROM expulsos',
    );
    for (const [salaId, nome, ateMs, duracaoMs] of expulsos()) {
      // Se alguém acertou o relógio, nem por isso dura mais do que se disse.
      const faltamMs = Math.min(ateMs - clock.agoraMs(), duracaoMs);
      daSala(this.#expulsos, salaId, novoMap).set(nome, clock.monotonicoMs() + faltamMs);
    }
  }

  estaSilenciado(salaId: number, sessaoId: number): boolean {
    return this.#silenciados.get(salaId)?.has(sessaoId) ?? false;
  }

  silenciar(salaId: number, sessaoId: number): void {
    this.#silenciar(salaId, sessaoId);
    const silenciados = daSala(this.#silenciados, salaId, novoSet);
    silenciados.add(sessaoId);
    this.#voltas.push(() => silenciados.delete(sessaoId));
  }

  deixarFalar(salaId: number, sessaoId: number): void {
    this.#deixarFalar(salaId, sessaoId);
    const silenciados = daSala(this.#silenciados, salaId, novoSet);
    silenciados.delete(sessaoId);
    this.#voltas.push(() => silenciados.add(sessaoId));
  }

  /** @returns por quantos ms quem tem esse nome ainda não entra; `undefined` se pode entrar */
  expulsoPorMs(salaId: number, nome: string): number | undefined {
    const ateMs = this.#expulsos.get(salaId)?.get(nomeComparavel(nome));
    const faltamMs = ateMs === undefined ? 0 : Math.ceil(ateMs - this.#clock.monotonicoMs());
    return faltamMs > 0 ? faltamMs : undefined;
  }

  expulsar(salaId: number, nome: string, duracaoMs: number): void {
    this.#esquecerVencidos(salaId);
    const comparavel = nomeComparavel(nome);
    this.#expulsar(salaId, comparavel, this.#clock.agoraMs() + duracaoMs, duracaoMs);
    this.#mudarExpulso(salaId, comparavel, this.#clock.monotonicoMs() + duracaoMs);
  }

  readmitir(salaId: number, nome: string): void {
    const comparavel = nomeComparavel(nome);
    this.#readmitir(salaId, comparavel);
    this.#mudarExpulso(salaId, comparavel, undefined);
  }

  /** A sessão acabou: como seu id não volta, o silêncio dela já não diz nada. */
  esquecerSessao(sessaoId: number): void {
    for (const [salaId, silenciados] of this.#silenciados) {
      if (silenciados.has(sessaoId)) this.deixarFalar(salaId, sessaoId);
    }
  }

  /** A sala deixou de existir. */
  esquecerSala(salaId: number): void {
    const [silenciados, expulsos] = [this.#silenciados.get(salaId), this.#expulsos.get(salaId)];
    if (silenciados) this.#esquecerSilenciados(salaId);
    if (expulsos) this.#esquecerExpulsos(salaId);
    this.#silenciados.delete(salaId);
    this.#expulsos.delete(salaId);
    this.#voltas.push(() => {
      if (silenciados) this.#silenciados.set(salaId, silenciados);
      if (expulsos) this.#expulsos.set(salaId, expulsos);
    });
  }

  aoConfirmar(): void {
    this.#voltas = [];
  }

  aoDesfazer(): void {
    for (const voltar of this.#voltas.reverse()) voltar();
    this.#voltas = [];
  }

  #esquecerVencidos(salaId: number): void {
    const agoraMs = this.#clock.monotonicoMs();
    for (const [nome, ateMs] of this.#expulsos.get(salaId) ?? []) if (ateMs <= agoraMs) this.readmitir(salaId, nome);
  }

  #mudarExpulso(salaId: number, comparavel: string, ateMs: number | undefined): void {
    const expulsos = daSala(this.#expulsos, salaId, novoMap);
    const anterior = expulsos.get(comparavel);
    por(expulsos, comparavel, ateMs);
    this.#voltas.push(() => por(expulsos, comparavel, anterior));
  }
}

function novoSet(): Set<number> {
  return new Set();
}

function novoMap(): Map<string, number> {
  return new Map();
}

function daSala<T>(porSala: Map<number, T>, salaId: number, novo: () => T): T {
  const desta = porSala.get(salaId) ?? novo();
  porSala.set(salaId, desta);
  return desta;
}

function por(expulsos: Map<string, number>, nome: string, ateMs: number | undefined): void {
  if (ateMs === undefined) expulsos.delete(nome);
  else expulsos.set(nome, ateMs);
}
