/**
 * O que mantém a sessão viva em cada lugar: numa sala, receber mensagens; fora dela, uma chamada de vez em quando.
 * Só um dos dois laços roda por vez.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import { MENSAGENS_POR_PAGINA, type Mensagem } from '../../contract/chat.ts';
import type { Clock } from '../../process/clock.ts';
import type { Conexao } from '../chamadas/conexao.ts';
import type { Contato } from '../chamadas/contato.ts';
import { ehPassageira, esperaPedidaMs, foiCancelada } from '../chamadas/explicar.ts';

/** O servidor tira da sala quem não chama por 60 s; fora dela há folga, mas o ritmo serve aos dois. */
const PRESENCA_MS = 20_000;

/** Além da espera pedida ao servidor, quanto se dá à rede. */
const FOLGA_DA_ESPERA_MS = 10_000;

export interface Ritmo {
  /** Entre uma busca vazia e a seguinte. */
  readonly intervaloMs: number;
  /** Quanto uma busca espera no servidor; 0 para nada. */
  readonly esperaMs: number;
}

export interface Recepcao {
  readonly nomeUsuario: string;
  readonly salaAtual: string;
  /** O id da última mensagem mostrada. */
  readonly cursor: () => number;
  readonly entregar: (mensagens: readonly Mensagem[]) => void;
}

interface PresencaOptions {
  readonly conexao: Conexao;
  readonly contato: Contato;
  readonly clock: Clock;
  readonly ritmo: Ritmo;
  /** O servidor não nos deixa receber desta sala, e o laço parou; quem o abriu decide o que fazer. */
  readonly aoRecusar: (erro: unknown) => void;
}

type Volta = (signal: AbortSignal) => Promise<void>;

export class Presenca {
  readonly #options: PresencaOptions;
  #laco = new AbortController();

  constructor(options: PresencaOptions) {
    this.#options = options;
  }

  /** Recebe as mensagens da sala até que outro laço comece. */
  naSala(recepcao: Recepcao): void {
    this.#comecar((signal) => this.#receber(recepcao, signal), this.#options.aoRecusar);
  }

  /** Chama já, para que o registro não caduque, e depois de tempos em tempos. */
  foraDaSala(): void {
    this.#comecar(async (signal) => {
      await this.#options.conexao.chamar('listar_salas', {}, { signal });
      this.#options.contato.voltou();
      await esperar(PRESENCA_MS, undefined, { signal });
    });
  }

  parar(): void {
    this.#laco.abort();
  }

  #comecar(volta: Volta, aoRecusar?: (erro: unknown) => void): void {
    this.parar();
    this.#laco = new AbortController();
    void this.#repetir(volta, this.#laco.signal, aoRecusar);
  }

  async #repetir(volta: Volta, signal: AbortSignal, aoRecusar?: (erro: unknown) => void): Promise<void> {
    const { contato, ritmo } = this.#options;
    while (!signal.aborted) {
      try {
        await volta(signal);
      } catch (erro) {
        if (signal.aborted || foiCancelada(erro)) return;
        if (aoRecusar && !ehPassageira(erro)) return aoRecusar(erro);
        contato.perdeu(erro);
        await esperar(esperaPedidaMs(erro, ritmo.intervaloMs), undefined, { signal }).catch(() => {});
      }
    }
  }

  async #receber({ nomeUsuario, salaAtual, cursor, entregar }: Recepcao, signal: AbortSignal): Promise<void> {
    const { conexao, contato, clock, ritmo } = this.#options;
    const inicioMs = clock.monotonicoMs();
    const mensagens = await conexao.chamar(
      'receber_mensagens',
      { nomeUsuario, salaAtual, desde: cursor(), esperarMs: ritmo.esperaMs },
      { signal, prazoMs: ritmo.esperaMs + FOLGA_DA_ESPERA_MS },
    );
    if (signal.aborted) return;
    contato.voltou();
    entregar(mensagens);
    const esperouMs = clock.monotonicoMs() - inicioMs;
    if (deveDescansar(mensagens.length, esperouMs, ritmo)) await esperar(ritmo.intervaloMs, undefined, { signal });
  }
}

/** Sem espera no servidor, só uma página cheia dispensa o intervalo; com ela, só a resposta vazia antes da hora o pede. */
function deveDescansar(quantas: number, esperouMs: number, { esperaMs }: Ritmo): boolean {
  if (esperaMs === 0) return quantas < MENSAGENS_POR_PAGINA;
  return quantas === 0 && esperouMs < esperaMs;
}
