/** As partes do bench, na ordem em que rodam. */

import { CHAT_START } from './chat-start.js';
import { CLIENTE } from './cliente.js';
import { ENTREGA } from './entrega.js';
import { ENVIAR } from './enviar.js';
import { LACO } from './laco.js';
import { LEQUE } from './leque.js';
import { LOOKUP } from './lookup.js';
import { MAQUINAS } from './maquinas.js';
import { MEMORIA } from './memoria.js';
import { OCIOSOS } from './ociosos.js';
import { PARTIDA } from './partida.js';
import { PLANURA_DAS_LISTAS } from './planura-listas.js';
import { PLANURA_DAS_SALAS } from './planura-salas.js';
import { RECEBER } from './receber.js';

export const PARTES = [
  LOOKUP,
  RECEBER,
  ENVIAR,
  PLANURA_DAS_SALAS,
  PLANURA_DAS_LISTAS,
  ENTREGA,
  LEQUE,
  OCIOSOS,
  PARTIDA,
  MEMORIA,
  LACO,
  CLIENTE,
  CHAT_START,
  MAQUINAS,
];
