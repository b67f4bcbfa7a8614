/** O store com alguns verbos trocados, para quem quer assistir ao que se pede a ele. */

import type { Store } from '../../store/store.ts';

/** @returns um store que faz como `trocados` o que está ali, e o resto como `store` */
export function comVerbosTrocados(store: Store, trocados: Partial<Store>): Store {
  const ligados = new Map<PropertyKey, unknown>(Object.entries(trocados));
  return new Proxy(store, {
    get(alvo, nome) {
      const ligado = ligados.get(nome);
      if (ligado) return ligado;
      const valor: unknown = Reflect.get(alvo, nome, alvo);
      if (typeof valor !== 'function') return valor;
      const funcao = valor.bind(alvo);
      ligados.set(nome, funcao);
      return funcao;
    },
  });
}
