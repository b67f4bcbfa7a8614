/** O store, com cada envio medido: quanto a gravação demorou, e quantas mensagens se gravaram. */

import type { Metricas } from '../../observadores/metricas/metricas.ts';
import type { Clock } from '../../process/clock.ts';
import type { Store } from '../../store/store.ts';
import { comVerbosTrocados } from './verbos-trocados.ts';

/** @returns o mesmo store; o que muda é que `enviar` conta */
export function comEnviosMedidos(store: Store, metricas: Metricas, clock: Clock): Store {
  const observar = metricas.medirDuracoes(
    'chat_gravacao_segundos',
    'Quanto demorou gravar cada mensagem de forma durável.',
  );
  let gravadas = 0;
  metricas.medir({
    nome: 'chat_mensagens_total',
    tipo: 'counter',
    ajuda: 'Mensagens de pessoas gravadas por este servidor; uma repetição não conta.',
    ler: () => gravadas,
  });
  const enviar: Store['enviar'] = async (envio) => {
    const inicioMs = clock.monotonicoMs();
    const enviada = await store.enviar(envio);
    if (!enviada.repetida) {
      observar((clock.monotonicoMs() - inicioMs) / 1000);
      gravadas += 1;
    }
    return enviada;
  };
  return comVerbosTrocados(store, { enviar });
}
