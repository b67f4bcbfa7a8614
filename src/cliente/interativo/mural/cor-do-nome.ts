/** A cor de um nome: a mesma sempre, em todo cliente de um terminal com as mesmas cores. */

import { nomeComparavel } from '../../../contract/nomes.ts';
import { type Pintura, umaDasCores } from '../../terminal/tela/cores.ts';

export function corDoNome(nome: string): Pintura {
  return umaDasCores(espalhar(nomeComparavel(nome)));
}

/** FNV-1a de 32 bits: nomes parecidos caem longe. */
function espalhar(texto: string): number {
  let soma = 0x811c9dc5;
  for (const caractere of texto) soma = Math.imul(soma ^ (caractere.codePointAt(0) as number), 0x01000193);
  return soma >>> 0;
}
