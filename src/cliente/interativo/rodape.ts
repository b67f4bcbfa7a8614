/** O que se diz sob a linha: onde se está, com quantos, se há conexão, e quem vai ler o que se digita. Puro. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import { quemLe, type Sala } from './linha/quem-le.ts';
import { quantas } from './textos.ts';

interface Lugar extends Sala {
  readonly nomeSala: string;
  readonly conectada: boolean;
  /** Quantas mensagens esperam pela volta do servidor. */
  readonly esperam: number;
}

/** @param texto o que está na linha */
export function rodape(texto: string, lugar: Lugar): string {
  const { nomeSala, presentes, conectada, esperam } = lugar;
  return [
    tornarVisivel(nomeSala),
    quantas(presentes.length, 'pessoa', 'pessoas'),
    conectada ? 'conectado' : 'sem conexão',
    ...(!conectada && esperam > 0 ? [quantas(esperam, 'mensagem espera', 'mensagens esperam')] : []),
    quemLe(texto, lugar),
  ].join(' · ');
}
