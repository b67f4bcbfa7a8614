/** As partes do bench, na ordem em que rodam. */

import type { Parte } from '../bancada.ts';
import { CHAT_START } from './chat-start.ts';
import { CLIENTE } from './cliente.ts';
import { ENTREGA } from './entrega.ts';
import { ENVIAR } from './enviar.ts';
import { JANELA } from './janela.ts';
import { LACO } from './laco.ts';
import { LEQUE } from './leque.ts';
import { LEQUE_NO_REDIS } from './leque-no-redis.ts';
import { LOOKUP } from './lookup.ts';
import { MAQUINAS } from './maquinas.ts';
import { MEMORIA } from './memoria.ts';
import { METRICAS } from './metricas.ts';
import { MULTIDAO } from './multidao.ts';
import { OBSERVAR } from './observar.ts';
import { OCIOSOS } from './ociosos.ts';
import { PARTIDA } from './partida.ts';
import { PLANURA_DAS_LISTAS } from './planura-listas.ts';
import { PLANURA_DAS_SALAS } from './planura-salas.ts';
import { RECEBER } from './receber.ts';

export const PARTES: readonly Parte[] = [
  LOOKUP,
  RECEBER,
  ENVIAR,
  PLANURA_DAS_SALAS,
  PLANURA_DAS_LISTAS,
  ENTREGA,
  LEQUE,
  MULTIDAO,
  OCIOSOS,
  PARTIDA,
  MEMORIA,
  LACO,
  CLIENTE,
  CHAT_START,
  MAQUINAS,
  LEQUE_NO_REDIS,
  OBSERVAR,
  METRICAS,
  JANELA,
];
