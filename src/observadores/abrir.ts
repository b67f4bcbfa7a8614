/** Quem assiste a um processo que atende. De cada um, nada se carrega se não foi pedido. */

import type { Clock } from '../process/clock.ts';
import type { Opened } from '../process/lifecycle.ts';
import type { Log } from '../process/log.ts';
import type { OptionValues } from '../process/opcoes/options.ts';
import { juntarChegadas, juntarSaidas, type ObservadorDeChegada, type ObservadorDeSaida } from '../rpc/observador.ts';
import { mostrarSePedido, OPCAO_DE_ATIVIDADE } from './atividade.ts';
import type { ObservacaoOptions } from './janela/observacao.ts';
import { OPCAO_DE_OBSERVAR, observarSePedido } from './janela/opcao.ts';
import { juntarLeases, type ObservadorDeLeases } from './leases.ts';
import type { Metricas } from './metricas/metricas.ts';
import { medirSePedido, OPCAO_DE_METRICAS } from './metricas/opcao.ts';
import { tracarSeHaSdk } from './telemetria/se-ha-sdk.ts';
import type { Tracado } from './telemetria/tracado.ts';

/** As opções que os ligam; os traces se ligam por um SDK que o processo carrega. */
export const OPCOES_DOS_OBSERVADORES = { ...OPCAO_DE_METRICAS, ...OPCAO_DE_OBSERVAR, ...OPCAO_DE_ATIVIDADE };

export interface QuemSeObserva {
  readonly papel: ObservacaoOptions['papel'];
  readonly segredo: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Observadores {
  /** Das chamadas que o processo faz. */
  readonly saida: ObservadorDeSaida | undefined;
  /** Das que ele atende; as métricas se contam à parte, por quem as mostra. */
  readonly chegada: ObservadorDeChegada | undefined;
  /** Dos registros, se ele é um binder. */
  readonly leases: ObservadorDeLeases | undefined;
  readonly metricas: Metricas | undefined;
  readonly tracado: Tracado | undefined;
  /** @param endereco `host:porta` em que o processo passou a atender */
  readonly atenderEm: (endereco: string) => void;
}

/** @param abertos quem os fecha com o resto; abertos antes de tudo, eles ainda contam o fim dos outros */
export async function abrirObservadores(
  opcoes: OptionValues<typeof OPCOES_DOS_OBSERVADORES>,
  { papel, segredo, clock, log }: QuemSeObserva,
  abertos: Pick<Opened, 'add'>,
): Promise<Observadores> {
  const tracado = await tracarSeHaSdk(log.aviso, abertos);
  const janela = await observarSePedido(opcoes.observar, { papel, segredo, clock }, abertos);
  const atividade = mostrarSePedido(opcoes.atividade, log);
  return {
    saida: juntarSaidas(tracado?.saida, janela?.saida),
    chegada: juntarChegadas(juntarChegadas(tracado?.chegada, janela?.chegada), atividade?.chegada),
    leases: juntarLeases(janela?.leases, atividade?.leases),
    metricas: await medirSePedido(opcoes.metricas, clock),
    tracado,
    atenderEm: (endereco) => janela?.atenderEm(endereco),
  };
}
