/** O que passa de um quadro da figura ao seguinte: o que já se decidiu não se decide outra vez, e nada pisca. */

import type { Chamada } from '../historia.ts';
import type { Vista } from './palco.ts';
import { Rotulos } from './rotulos.ts';

/** De quantos em quantos pixels duas chamadas iguais se veem como duas. */
const ALTURA_DE_UMA_LINHA = 2;
/** Quantos lugares tomados se lembram; esquecê-los só faz desenhar uma seta a mais por cima de outra. */
const MAXIMO_DE_LUGARES = 20_000;

/** Centenas de chamadas por segundo cairiam nos mesmos pixels: de cada grupo de iguais, só a primeira se desenha. */
class Sobrepostas {
  readonly #lugares = new Set<string>();
  readonly #emAndamento = new Set<string>();
  #decididas = new WeakMap<Chamada, boolean>();
  #linhaMs = 0;

  /** Começa um quadro. */
  comecar({ deMs, ateMs, altura }: Vista): void {
    this.#emAndamento.clear();
    // Subtrair instantes grandes deixa restos: sem arredondar, cada quadro pareceria ter outra altura.
    const linhaMs = Math.round(((ateMs - deMs) / Math.max(1, altura)) * ALTURA_DE_UMA_LINHA * 100) / 100;
    if (linhaMs === this.#linhaMs && this.#lugares.size < MAXIMO_DE_LUGARES) return;
    if (linhaMs !== this.#linhaMs) this.#decididas = new WeakMap();
    this.#linhaMs = linhaMs;
    this.#lugares.clear();
  }

  /** @returns se outra já se desenha nos mesmos pixels */
  tem(chamada: Chamada): boolean {
    if (chamada.falta !== undefined || chamada.repete !== undefined) return false;
    if (chamada.fimMs === undefined) return jaEstava(this.#emAndamento, this.#lugarDe(chamada));
    const decidida = this.#decididas.get(chamada);
    if (decidida !== undefined) return decidida;
    const coberta = jaEstava(this.#lugares, this.#lugarDe(chamada));
    this.#decididas.set(chamada, coberta);
    return coberta;
  }

  #lugarDe({ de, para, procedimento, inicioMs, fimMs }: Chamada): string {
    const inicio = Math.floor(inicioMs / this.#linhaMs);
    const fim = fimMs === undefined ? '' : Math.floor(fimMs / this.#linhaMs);
    return `${de} ${para} ${procedimento} ${inicio} ${fim}`;
  }
}

export class EntreQuadros {
  readonly rotulos = new Rotulos();
  readonly sobrepostas = new Sobrepostas();
}

function jaEstava(conjunto: Set<string>, valor: string): boolean {
  if (conjunto.has(valor)) return true;
  conjunto.add(valor);
  return false;
}
