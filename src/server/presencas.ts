/** Quando cada sessão deu sinal de vida pela última vez: só na memória, e de novo a cada partida. */

import type { Clock } from '../process/clock.ts';
import type { LimiteDeChamadas, NovaSessao, Sessao, SessoesVivas, Store } from '../store/store.ts';

export interface Presenca {
  readonly sessaoId: number;
  readonly desdeMs: number;
  ultimaMs: number;
  /** Alguma chamada já trouxe o token. */
  confirmada: boolean;
  /** O store já foi encarregado de anotar isso. */
  confirmacaoPedida: boolean;
  /** Já foi tirada da sala por ausência, e não chamou desde então. */
  ausente: boolean;
}

/** As sessões de um store que pertence só a este servidor: quem chama, chama aqui. */
export class Presencas implements SessoesVivas {
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #presencas = new Map<number, Presenca>();

  constructor(clock: Clock, store: Store) {
    this.#clock = clock;
    this.#store = store;
  }

  async registrar(nova: NovaSessao, limite?: LimiteDeChamadas): Promise<Sessao> {
    const sessao = await this.#store.registrar(nova, limite);
    this.iniciar(sessao.id, false);
    return sessao;
  }

  async identificar(tokenHash: Buffer): Promise<Sessao | undefined> {
    const sessao = await this.#store.sessaoDoToken(tokenHash);
    if (sessao) await this.#anotar(sessao);
    return sessao;
  }

  async encerrar(sessaoId: number, agoraMs: number): Promise<boolean> {
    const encerrou = await this.#store.encerrar(sessaoId, agoraMs);
    this.#presencas.delete(sessaoId);
    return encerrou;
  }

  /** Começa um prazo inteiro para a sessão. */
  iniciar(sessaoId: number, confirmada: boolean): Presenca {
    const agoraMs = this.#clock.monotonicoMs();
    const presenca = {
      sessaoId,
      desdeMs: agoraMs,
      ultimaMs: agoraMs,
      confirmada,
      confirmacaoPedida: confirmada,
      ausente: false,
    };
    this.#presencas.set(sessaoId, presenca);
    return presenca;
  }

  /** Anota um sinal de vida de uma sessão que talvez já tenha acabado. */
  renovar(sessaoId: number): Presenca | undefined {
    const presenca = this.#presencas.get(sessaoId);
    if (!presenca) return undefined;
    presenca.ultimaMs = this.#clock.monotonicoMs();
    presenca.ausente = false;
    return presenca;
  }

  todas(): Iterable<Presenca> {
    return this.#presencas.values();
  }

  async #anotar({ id, confirmada }: Sessao): Promise<void> {
    const presenca = this.renovar(id) ?? this.iniciar(id, confirmada);
    presenca.confirmada = true;
    if (confirmada || presenca.confirmacaoPedida) return;
    presenca.confirmacaoPedida = true;
    await this.#store.confirmar(id).catch(() => {
      // Sem espaço para gravar, a chamada ainda pode ser atendida; a próxima confirma a sessão.
      presenca.confirmacaoPedida = false;
    });
  }
}
