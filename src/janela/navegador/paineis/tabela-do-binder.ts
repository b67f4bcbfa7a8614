/** A tabela do binder no instante mostrado; de um binder morto, a última que se conhece. */

import { contadoAte, segundosQueRestam } from '../../pagina/desenho/desenho-dos-leases.ts';
import type { Historia } from '../../pagina/historia.ts';
import { emPedacos } from '../../pagina/licoes/glossario.ts';
import { achar, elemento } from '../elementos.ts';
import { palavra } from './dicas.ts';

export class TabelaDoBinder {
  readonly #historia: Historia;
  readonly #nota = elemento('p', { class: 'nota' });
  readonly #corpo = elemento('tbody');
  readonly #tabela: HTMLTableElement;
  readonly #cartao = achar('binder');
  #mostrada = '';

  constructor(historia: Historia) {
    this.#historia = historia;
    const colunas = ['endpoint', 'procedimentos', 'lease'].map((texto) =>
      elemento('th', { scope: 'col' }, ...emPedacos(texto, new Set()).map(palavra)),
    );
    this.#tabela = elemento('table', {}, elemento('thead', {}, elemento('tr', {}, ...colunas)), this.#corpo);
    this.#cartao.replaceChildren(
      elemento('h2', { id: 'titulo-binder' }, 'A tabela do binder'),
      this.#nota,
      this.#tabela,
    );
  }

  /** @param instanteMs em ms desde 1970 */
  mostrar(instanteMs: number): void {
    const leases = this.#historia.endpointsEm(instanteMs);
    const linhas = leases.map((lease) => {
      const resta = segundosQueRestam(lease, contadoAte(this.#historia, lease, instanteMs));
      const prazo = Number.isFinite(resta) ? `${resta} s` : 'sem prazo';
      return [lease.endpoint, `${lease.procedimentos.size}`, prazo] as const;
    });
    const nota = this.#notaEm(instanteMs, linhas.length > 0);
    const resumo = [nota, ...linhas].join('\n');
    if (resumo === this.#mostrada) return;
    this.#mostrada = resumo;
    this.#nota.textContent = nota;
    this.#nota.hidden = nota === '';
    this.#tabela.hidden = linhas.length === 0;
    this.#corpo.replaceChildren(
      ...linhas.map((celulas) => elemento('tr', {}, ...celulas.map((texto) => elemento('td', {}, texto)))),
    );
  }

  #notaEm(instanteMs: number, haLinhas: boolean): string {
    const binders = this.#historia.faixas().filter(({ papel }) => papel === 'binder');
    const vivos = binders.filter(({ id }) => this.#historia.estadoEm(id, instanteMs)?.estado !== 'morto');
    const morreu = binders.length > 0 && vivos.length === 0;
    this.#cartao.dataset['binder'] = morreu ? 'morto' : 'vivo';
    if (!haLinhas) return morreu ? 'O binder está morto.' : 'Nenhum endpoint registrado.';
    return morreu ? 'O binder está morto. Esta é a última tabela que ele contou, e os prazos pararam nela.' : '';
  }
}
