/** Enche uma pasta de dados antes de o servidor a abrir. */

import { rodar } from './processos.js';

/** @param plano o que `semear.js` recebe */
export function semear(abertos, plano) {
  return rodar(abertos, 'semear.js', plano);
}
