/** As lições, uma de cada vez: o que apertar, o que procurar, e o aviso quando acontece. */

import { LICOES, type Situacao } from '../pagina/licoes.ts';
import { achar, botao, elemento } from './elementos.ts';

export class PainelDasLicoes {
  readonly #cartao = achar('licao');
  readonly #situacao: (desdeMs: number) => Situacao;
  readonly #agoraMs: () => number;
  readonly #alcancadas = new Set<string>();
  #indice = 0;
  #desdeMs = 0;

  /** @param situacao o que se sabe, contando desde o começo da lição */
  constructor(situacao: (desdeMs: number) => Situacao, agoraMs: () => number) {
    this.#situacao = situacao;
    this.#agoraMs = agoraMs;
    this.#mostrar();
  }

  /** Confere se o que a lição pede já aconteceu. */
  conferir(): void {
    const licao = LICOES[this.#indice];
    if (!licao || this.#alcancadas.has(licao.id)) return;
    // A lição começa com a primeira notícia: antes dela não há o que ver.
    if (this.#desdeMs === 0) this.#desdeMs = this.#agoraMs();
    if (!licao.alcancada(this.#situacao(this.#desdeMs))) return;
    this.#alcancadas.add(licao.id);
    this.#mostrar();
  }

  #ir(passo: number): void {
    this.#indice = (this.#indice + passo + LICOES.length) % LICOES.length;
    this.#desdeMs = this.#agoraMs();
    this.#mostrar();
    achar(passo > 0 ? 'licao-seguinte' : 'licao-anterior').focus();
  }

  #mostrar(): void {
    const licao = LICOES[this.#indice];
    if (!licao) return;
    const alcancada = this.#alcancadas.has(licao.id);
    const focado = document.activeElement?.id;
    this.#cartao.dataset['licao'] = licao.id;
    this.#cartao.dataset['alcancada'] = alcancada ? 'sim' : 'nao';
    this.#cartao.replaceChildren(
      elemento(
        'div',
        { class: 'licao-agora' },
        botao('‹', () => this.#ir(-1), { id: 'licao-anterior', 'aria-label': 'Lição anterior' }),
        elemento('span', {}, `Lição ${this.#indice + 1} de ${LICOES.length}`),
        botao('›', () => this.#ir(1), { id: 'licao-seguinte', 'aria-label': 'Lição seguinte' }),
      ),
      elemento('h2', { id: 'titulo-licao' }, licao.titulo),
      elemento('p', {}, licao.porque),
      elemento('p', { class: 'aperte' }, elemento('strong', {}, 'Aperte: '), licao.aperte),
      elemento('p', {}, elemento('strong', {}, 'Procure: '), licao.procure),
      elemento(
        'p',
        { class: alcancada ? 'alcancada' : undefined, role: 'status' },
        alcancada ? `✓ ${licao.conclusao}` : '',
      ),
    );
    if (focado) document.getElementById(focado)?.focus();
  }
}
