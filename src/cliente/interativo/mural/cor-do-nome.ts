/** A cor de um nome: a mesma em todo cliente de um terminal com as mesmas cores, e outra que a dos outros da sala. */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';
import { type Pintura, quantasCores, umaDasCores } from '../../terminal/tela/cores.ts';

/**
 * Cada um quer a cor que o seu nome dá; de dois que querem a mesma, o segundo por ordem fica com a próxima livre.
 * @param presentes os da sala, por nome
 * @returns como pintar um nome: o de quem não está também tem cor
 */
export function coresDosNomes(presentes: readonly string[]): (nome: string) => Pintura {
  const total = quantasCores();
  const numeros = new Map<string, number>();
  const usados = new Set<number>();
  for (const nome of [...presentes].map(nomeComparavel).sort()) {
    let numero = espalhar(nome) % total;
    if (usados.size < total) while (usados.has(numero)) numero = (numero + 1) % total;
    usados.add(numero);
    numeros.set(nome, numero);
  }
  return (nome) => {
    const comparavel = nomeComparavel(nome);
    return umaDasCores(numeros.get(comparavel) ?? espalhar(comparavel));
  };
}

/** FNV-1a de 32 bits: nomes parecidos caem longe. */
function espalhar(texto: string): number {
  let soma = 0x811c9dc5;
  for (const caractere of texto) soma = Math.imul(soma ^ (caractere.codePointAt(0) as number), 0x01000193);
  return soma >>> 0;
}
