/** Quem entra e quem sai: de um em um, uma linha cada; muitos de uma vez, uma linha só. Puro. */

import type { Mensagem } from '../../../contract/chat.ts';
import { lerMovimento } from '../../../dominio/mensagens.ts';

/** A partir de quantos seguidos se juntam numa linha. */
const MUITOS = 3;
/** Quantos nomes uma linha diz. */
const NOMES_DITOS = 3;

/** Junta os movimentos seguidos que são muitos; o resto fica como veio, e na ordem. */
export function juntarMovimentos(mensagens: readonly Mensagem[]): Mensagem[] {
  const juntas: Mensagem[] = [];
  let seguidos: Mensagem[] = [];
  const fechar = () => {
    juntas.push(...(seguidos.length >= MUITOS ? resumir(seguidos) : seguidos));
    seguidos = [];
  };
  for (const mensagem of mensagens) {
    if (lerMovimento(mensagem)) seguidos.push(mensagem);
    else {
      fechar();
      juntas.push(mensagem);
    }
  }
  fechar();
  return juntas;
}

/** Uma linha dos que entraram e uma dos que saíram, com a hora do último. */
function resumir(movimentos: readonly Mensagem[]): Mensagem[] {
  return ([true, false] as const).flatMap((entrou) => {
    const iguais = movimentos.filter((mensagem) => lerMovimento(mensagem)?.entrou === entrou);
    const ultimo = iguais.at(-1);
    if (!ultimo || iguais.length === 1) return iguais;
    const nomes = iguais.map((mensagem) => lerMovimento(mensagem)?.nomeUsuario ?? '');
    return [{ ...ultimo, conteudo: `${enumerar(nomes)} ${entrou ? 'entraram na' : 'saíram da'} sala.` }];
  });
}

function enumerar(nomes: readonly string[]): string {
  const ditos = nomes.slice(0, NOMES_DITOS);
  const restam = nomes.length - ditos.length;
  const ultimo = restam > 0 ? `mais ${restam}` : (ditos.pop() ?? '');
  return `${ditos.join(', ')} e ${ultimo}`;
}
