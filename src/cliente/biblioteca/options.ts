/** As opções de `conectar`: os padrões são os do cliente, e um engano é dito antes de qualquer chamada. */

import { BINDER_PADRAO } from '../../process/binder-padrao.ts';
import { lerUrlsDoBinder } from '../../process/opcoes/opcoes-de-rede.ts';
import { LIMITES_DO_RITMO, RITMO_PADRAO, type Ritmo } from '../ritmo.ts';
import type { ConectarOptions } from './chat.ts';

const PRAZO_PADRAO_MS = 10_000;

export interface OptionsLidas {
  readonly binders: readonly string[];
  readonly ritmo: Ritmo;
  readonly prazoMs: number;
}

/**
 * @param ambiente onde está o binder de quem não diz outro, como no cliente de terminal
 * @throws Error com a opção e o motivo
 */
export function lerOptions(
  {
    binder,
    prazoMs = PRAZO_PADRAO_MS,
    intervaloMs = RITMO_PADRAO.intervaloMs,
    esperaMs = RITMO_PADRAO.esperaMs,
  }: ConectarOptions,
  ambiente: NodeJS.ProcessEnv = process.env,
): OptionsLidas {
  conferir('prazoMs', prazoMs, { minimo: 0, maximo: Number.POSITIVE_INFINITY });
  conferir('intervaloMs', intervaloMs, LIMITES_DO_RITMO.intervaloMs);
  conferir('esperaMs', esperaMs, LIMITES_DO_RITMO.esperaMs);
  return { binders: lerBinders(binder, ambiente), ritmo: { intervaloMs, esperaMs }, prazoMs };
}

function conferir(opcao: string, valor: number, { minimo, maximo }: { minimo: number; maximo: number }): void {
  // Escrito assim, NaN também não serve.
  if (typeof valor === 'number' && valor >= minimo && valor <= maximo) return;
  const limites = maximo === Number.POSITIVE_INFINITY ? `a partir de ${minimo}` : `de ${minimo} a ${maximo}`;
  throw new RangeError(`${opcao} deve ser um número ${limites}`);
}

/** Uma variável vazia é como se não houvesse, como nas opções da linha de comando. */
function lerBinders(dado: string | undefined, ambiente: NodeJS.ProcessEnv): readonly string[] {
  const origem = dado === undefined ? 'CHAT_BINDER' : 'binder';
  try {
    return lerUrlsDoBinder(dado ?? (ambiente['CHAT_BINDER'] || BINDER_PADRAO));
  } catch (erro) {
    throw new Error(`${origem} ${(erro as Error).message}`, { cause: erro });
  }
}
