/** O que um robô escreve numa mensagem, e como se lê de volta: é por isto que o veredito sabe o que é o quê. */

import type { Mensagem } from '../../contract/chat.ts';
import type { Escrita } from './conferencia.ts';

export function escrever({ numero, para }: Escrita): string {
  return para === undefined ? `Mensagem ${numero}` : `Mensagem ${numero}, só para ${para}`;
}

/** @returns `undefined` quando não foi um robô que escreveu */
export function ler({ origem, conteudo, tipo, destino }: Mensagem): Escrita | undefined {
  const numero = /^Mensagem (\d+)(?:, só para .+)?$/.exec(conteudo)?.[1];
  if (numero === undefined) return undefined;
  return { de: origem, numero: Number(numero), ...(tipo === 'unicast' ? { para: destino } : {}) };
}
