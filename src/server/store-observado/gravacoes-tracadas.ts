/** O store, com um span em cada gravação durável que uma chamada pede. */

import type { Tracado } from '../../observadores/telemetria/tracado.ts';
import type { Store } from '../../store/store.ts';
import { comVerbosTrocados } from './verbos-trocados.ts';

/** Os verbos que só se cumprem quando o que mudaram é durável. */
const GRAVACOES = [
  'registrar',
  'encerrar',
  'criarSala',
  'entrar',
  'sair',
  'enviar',
  'configurarSala',
  'silenciar',
  'expulsar',
  'passarSala',
] as const satisfies readonly (keyof Store)[];

export function comGravacoesTracadas(store: Store, { gravar }: Tracado, banco: 'sqlite' | 'redis'): Store {
  const tracada = (verbo: (typeof GRAVACOES)[number]) => {
    const agir = store[verbo].bind(store) as (...argumentos: readonly unknown[]) => Promise<unknown>;
    return (...argumentos: readonly unknown[]) => gravar(banco, verbo, () => agir(...argumentos));
  };
  return comVerbosTrocados(store, Object.fromEntries(GRAVACOES.map((verbo) => [verbo, tracada(verbo)])));
}
