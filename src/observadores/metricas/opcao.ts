/** A opção que liga as métricas: a mesma no binder e no servidor. */

import type { Clock } from '../../process/clock.ts';
import { interruptor } from '../../process/opcoes/options.ts';
import type { Metricas } from './metricas.ts';

export const OPCAO_DE_METRICAS = {
  metricas: interruptor(
    'CHAT_METRICAS',
    'conta em GET /metricas (e /metrics) como vai o processo, no formato do Prometheus',
  ),
};

/** Liga as métricas, se foram pedidas; sem elas, nada disto se carrega. */
export async function medirSePedido(pedidas: boolean, clock: Clock): Promise<Metricas | undefined> {
  if (!pedidas) return undefined;
  const { Metricas } = await import('./metricas.ts');
  return new Metricas(clock);
}
