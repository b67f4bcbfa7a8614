/**
 * Acontecimentos de vários processos, cada um com seu relógio → uma sequência só, em que a causa vem antes do efeito.
 *
 * Cada processo conta os seus em ordem; entre processos, uma chamada chega depois de ter sido enviada, e a resposta
 * é recebida depois de ter saído (a relação «aconteceu antes», Lamport, 1978). Um efeito cuja causa ainda não foi
 * contada espera um pouco por ela, e com ele o que vem depois no mesmo processo.
 */

import type { Acontecimento, Apresentacao } from '../contract/janela.ts';
import type { Clock } from '../process/clock.ts';

/** Por quanto tempo se espera por uma causa: mais que o ritmo de quem conta; o aviso dela pode ter-se perdido. */
const ESPERA_PELA_CAUSA_MS = 100;
/** Quantas causas se lembram: o bastante para as chamadas em andamento e as que acabaram de acabar. */
const MAXIMO_DE_CAUSAS = 40_000;

/** Um acontecimento no seu lugar da sequência. */
export interface Ordenado {
  readonly processo: string;
  readonly acontecimento: Acontecimento;
  /** O instante em ms desde 1970, corrigido para que nenhum efeito venha antes da causa. */
  readonly quandoMs: number;
}

interface Fila {
  /** Quanto somar à hora do processo para que ela concorde com a dos outros, em ms. */
  acertoMs: number;
  /** O instante do último que saiu. */
  ultimoMs: number;
  readonly pendentes: { readonly acontecimento: Acontecimento; readonly ateMs: number }[];
}

/** O que precisa ter acontecido antes, ou `undefined`. */
function causaDe(acontecimento: Acontecimento): string | undefined {
  if (acontecimento.tipo === 'chegou') return acontecimento.deFora ? undefined : `enviou ${acontecimento.chamada}`;
  if (acontecimento.tipo === 'recebeu') return `respondeu ${acontecimento.chamada}`;
  return undefined;
}

function efeitosDe(acontecimento: Acontecimento): string | undefined {
  if (acontecimento.tipo === 'enviou' || acontecimento.tipo === 'respondeu') {
    return `${acontecimento.tipo} ${acontecimento.chamada}`;
  }
  return undefined;
}

export class OrdemCausal {
  readonly #clock: Clock;
  readonly #emitir: (ordenado: Ordenado) => void;
  readonly #filas = new Map<string, Fila>();
  /** Causa → o instante em que aconteceu. */
  readonly #causas = new Map<string, number>();
  /** Chamadas feitas a quem conta: só essas terão um `respondeu`. */
  readonly #aQuemConta = new Set<string>();
  readonly #conta: (endereco: string) => boolean;

  /**
   * @param conta se o processo que atende em `host:porta` conta o que acontece nele
   * @param emitir recebe cada acontecimento na sua vez
   */
  constructor(clock: Clock, conta: (endereco: string) => boolean, emitir: (ordenado: Ordenado) => void) {
    this.#clock = clock;
    this.#conta = conta;
    this.#emitir = emitir;
  }

  /** @param acontecimentos os seguintes do processo, na ordem dele */
  receber({ id }: Pick<Apresentacao, 'id'>, acontecimentos: readonly Acontecimento[]): void {
    const ultimo = acontecimentos.at(-1);
    if (!ultimo) return;
    const fila = this.#filaDe(id);
    // Nada aconteceu depois de chegar aqui: um acerto maior que este viria de uma entrega que demorou mais.
    fila.acertoMs = Math.min(fila.acertoMs, this.#clock.agoraMs() - ultimo.ms);
    const ateMs = this.#clock.monotonicoMs() + ESPERA_PELA_CAUSA_MS;
    for (const acontecimento of acontecimentos) fila.pendentes.push({ acontecimento, ateMs });
    this.avancar();
  }

  /** Deixa sair o que já pode: chamado de tempos em tempos, para o que esperou demais. */
  avancar(): void {
    let algumSaiu = true;
    while (algumSaiu) {
      algumSaiu = false;
      for (const [processo, fila] of this.#filas) {
        while (this.#soltarPrimeiro(processo, fila)) algumSaiu = true;
      }
    }
  }

  /** O processo acabou: o que ele ainda tinha para contar sai, e a fila dele se esquece. */
  esquecer(processo: string): void {
    const fila = this.#filas.get(processo);
    if (!fila) return;
    for (const { acontecimento } of fila.pendentes.splice(0)) this.#soltar(processo, fila, acontecimento);
    this.#filas.delete(processo);
  }

  #filaDe(processo: string): Fila {
    const conhecida = this.#filas.get(processo);
    if (conhecida) return conhecida;
    const fila: Fila = { acertoMs: Number.POSITIVE_INFINITY, ultimoMs: 0, pendentes: [] };
    this.#filas.set(processo, fila);
    return fila;
  }

  #soltarPrimeiro(processo: string, fila: Fila): boolean {
    const primeiro = fila.pendentes[0];
    if (!primeiro) return false;
    const espera = this.#faltaACausa(primeiro.acontecimento) && this.#clock.monotonicoMs() < primeiro.ateMs;
    if (espera) return false;
    fila.pendentes.shift();
    this.#soltar(processo, fila, primeiro.acontecimento);
    return true;
  }

  #faltaACausa(acontecimento: Acontecimento): boolean {
    if (acontecimento.tipo === 'recebeu' && !this.#aQuemConta.has(acontecimento.chamada)) return false;
    const causa = causaDe(acontecimento);
    return causa !== undefined && !this.#causas.has(causa);
  }

  #soltar(processo: string, fila: Fila, acontecimento: Acontecimento): void {
    const causa = causaDe(acontecimento);
    const depoisDeMs = Math.max(fila.ultimoMs, (causa && this.#causas.get(causa)) || 0);
    const quandoMs = Math.max(acontecimento.ms + fila.acertoMs, depoisDeMs);
    // Um relógio atrasado continua atrasado: o que falta a este falta também aos próximos.
    fila.acertoMs = Math.max(fila.acertoMs, quandoMs - acontecimento.ms);
    fila.ultimoMs = quandoMs;
    if (acontecimento.tipo === 'enviou' && this.#conta(acontecimento.para))
      lembrar(this.#aQuemConta, acontecimento.chamada);
    const efeito = efeitosDe(acontecimento);
    if (efeito !== undefined) {
      this.#causas.set(efeito, quandoMs);
      if (this.#causas.size > MAXIMO_DE_CAUSAS) this.#causas.delete(primeiraChave(this.#causas));
    }
    this.#emitir({ processo, acontecimento, quandoMs });
  }
}

function lembrar(conjunto: Set<string>, valor: string): void {
  conjunto.add(valor);
  if (conjunto.size > MAXIMO_DE_CAUSAS) conjunto.delete(primeiraChave(conjunto));
}

function primeiraChave(colecao: Map<string, unknown> | Set<string>): string {
  return colecao.keys().next().value as string;
}
