/**
 * Uma explicação curta ao lado de quem tem `data-dica`, sob o cursor ou com o foco do teclado. Esc a fecha, e o cursor
 * pode ir até ela (WCAG 2.2, 1.4.13).
 */

import { explicar, type Pedaco, type Termo } from '../../pagina/licoes/glossario.ts';
import { achar, elemento } from '../elementos.ts';

/** Entre a palavra e a explicação, e entre ela e a borda da tela, em pixels. */
const DISTANCIA_PX = 6;

/** Uma palavra que se explica: um botão, para que se chegue a ela com o teclado e com o dedo. */
export function palavra({ texto, termo }: Pedaco): Node | string {
  if (termo === undefined) return texto;
  return elemento('button', { type: 'button', class: 'termo', 'data-dica': explicar(termo) }, texto);
}

/** Põe a explicação de uma palavra num elemento que já se alcança com o teclado. */
export function comDica(termo: Termo): { readonly 'data-dica': string } {
  return { 'data-dica': explicar(termo) };
}

export class Dicas {
  readonly #balao = achar('dica');
  #dono: HTMLElement | undefined;

  constructor() {
    const donoDe = (alvo: EventTarget | null) =>
      alvo instanceof Element ? (alvo.closest<HTMLElement>('[data-dica]') ?? undefined) : undefined;
    for (const evento of ['pointerover', 'focusin', 'click'] as const) {
      document.addEventListener(evento, ({ target }) => {
        const dono = donoDe(target);
        if (dono) this.#mostrar(dono);
      });
    }
    document.addEventListener('focusout', () => this.#esconder());
    document.addEventListener('pointerout', ({ relatedTarget }) => {
      const vaiAoBalao = relatedTarget instanceof Node && this.#balao.contains(relatedTarget);
      if (this.#dono && !vaiAoBalao && donoDe(relatedTarget) !== this.#dono) this.#esconder();
    });
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#esconder();
    });
  }

  /** Quem se refaz leva consigo a explicação que mostrava. */
  conferir(): void {
    if (this.#dono && !this.#dono.isConnected) this.#esconder();
  }

  #mostrar(dono: HTMLElement): void {
    if (dono !== this.#dono) this.#esconder();
    this.#dono = dono;
    dono.setAttribute('aria-describedby', this.#balao.id);
    this.#balao.textContent = dono.dataset['dica'] ?? '';
    this.#balao.hidden = false;
    const { left, top, bottom } = dono.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#balao;
    const abaixo = bottom + DISTANCIA_PX + offsetHeight < innerHeight;
    const x = Math.max(DISTANCIA_PX, Math.min(left, innerWidth - offsetWidth - DISTANCIA_PX));
    this.#balao.style.left = `${x}px`;
    this.#balao.style.top = `${abaixo ? bottom + DISTANCIA_PX : top - DISTANCIA_PX - offsetHeight}px`;
  }

  #esconder(): void {
    this.#dono?.removeAttribute('aria-describedby');
    this.#dono = undefined;
    this.#balao.hidden = true;
  }
}
