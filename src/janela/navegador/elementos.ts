/** Criar e achar elementos. Todo texto entra como texto, nunca como HTML. */

type Atributos = Readonly<Record<string, string | boolean | undefined>>;
type Filho = Node | string;

/** @param atributos `true` põe o atributo sem valor; `false` e `undefined` não o põem */
export function elemento<K extends keyof HTMLElementTagNameMap>(
  nome: K,
  atributos: Atributos = {},
  ...filhos: readonly Filho[]
): HTMLElementTagNameMap[K] {
  const novo = document.createElement(nome);
  for (const [atributo, valor] of Object.entries(atributos)) {
    if (valor === true) novo.setAttribute(atributo, '');
    else if (typeof valor === 'string') novo.setAttribute(atributo, valor);
  }
  novo.append(...filhos);
  return novo;
}

export function botao(texto: string, aoApertar: () => void, atributos: Atributos = {}): HTMLButtonElement {
  const novo = elemento('button', { type: 'button', ...atributos }, texto);
  novo.addEventListener('click', aoApertar);
  return novo;
}

/** @throws Error quando a página não o tem */
export function achar<T extends HTMLElement>(id: string): T {
  const achado = document.getElementById(id);
  if (!achado) throw new Error(`falta #${id} na página`);
  return achado as T;
}
