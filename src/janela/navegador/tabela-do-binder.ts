/** A tabela do binder no instante mostrado. */

import { segundosQueRestam } from '../pagina/desenho.ts';
import type { Historia } from '../pagina/historia.ts';
import { achar, elemento } from './elementos.ts';

export class TabelaDoBinder {
  readonly #historia: Historia;
  readonly #cartao = achar('binder');
  #mostrada = '';

  constructor(historia: Historia) {
    this.#historia = historia;
  }

  /** @param instanteMs em ms desde 1970 */
  mostrar(instanteMs: number): void {
    const linhas = this.#historia.endpointsEm(instanteMs).map((lease) => {
      const resta = segundosQueRestam(lease, instanteMs);
      const prazo = Number.isFinite(resta) ? `${resta} s` : 'sem prazo';
      return [lease.endpoint, `${lease.procedimentos.size}`, prazo] as const;
    });
    const resumo = linhas.join('\n');
    if (resumo === this.#mostrada && this.#cartao.childElementCount > 0) return;
    this.#mostrada = resumo;
    const titulo = elemento('h2', { id: 'titulo-binder' }, 'A tabela do binder');
    if (linhas.length === 0) {
      this.#cartao.replaceChildren(titulo, elemento('p', {}, 'Nenhum endpoint registrado.'));
      return;
    }
    const cabeca = elemento(
      'tr',
      {},
      ...['endpoint', 'procedimentos', 'vence em'].map((texto) => elemento('th', { scope: 'col' }, texto)),
    );
    const corpo = linhas.map((celulas) => elemento('tr', {}, ...celulas.map((texto) => elemento('td', {}, texto))));
    this.#cartao.replaceChildren(
      titulo,
      elemento('table', {}, elemento('thead', {}, cabeca), elemento('tbody', {}, ...corpo)),
    );
  }
}
