/**
 * As regras puras sobre mensagens: seus textos fixos, e a linha em que se mostram.
 * Esta pasta não faz I/O e não tem relógio.
 */

import type { Mensagem } from '../contract/chat.ts';
import { NOME_DO_SERVIDOR } from '../contract/nomes/nomes-reservados.ts';
import { textoDaExpulsao } from './salas.ts';
import { tornarVisivel } from './visivel.ts';

export function textoDeEntrada(nomeUsuario: string): string {
  return `${nomeUsuario} entrou na sala.`;
}

export function textoDeSaida(nomeUsuario: string): string {
  return `${nomeUsuario} saiu da sala.`;
}

export interface Movimento {
  readonly nomeUsuario: string;
  readonly entrou: boolean;
}

/** Quem entrou ou saiu, segundo uma mensagem do servidor; `undefined` se ela não diz isso. */
export function lerMovimento({ origem, conteudo }: Mensagem): Movimento | undefined {
  if (origem !== NOME_DO_SERVIDOR) return undefined;
  const nomeUsuario = conteudo.replace(/ (?:entrou na|saiu da|foi expulso da) sala\.$/u, '');
  if (conteudo === textoDeEntrada(nomeUsuario)) return { nomeUsuario, entrou: true };
  const saiu = [textoDeSaida(nomeUsuario), textoDaExpulsao(nomeUsuario)].includes(conteudo);
  return saiu ? { nomeUsuario, entrou: false } : undefined;
}

/** A hora de um instante, no fuso de quem formata. */
export function formatarHora(instante: Date): string {
  return [instante.getHours(), instante.getMinutes(), instante.getSeconds()]
    .map((parte) => String(parte).padStart(2, '0'))
    .join(':');
}

/** Como realçar partes da linha; o texto a realçar já passou por `tornarVisivel`. */
export interface Realce {
  readonly hora: (texto: string) => string;
  /** @param nome como veio, para que a cor seja escolhida por ele */
  readonly nome: (texto: string, nome: string) => string;
}

const SEM_REALCE: Realce = { hora: (texto) => texto, nome: (texto) => texto };

/** A linha em que uma mensagem se mostra: `[12:34:56] Pedro: Oi` ou `[12:34:56] Pedro -> Maria: Oi`. */
export function formatarMensagem(mensagem: Mensagem, realce = SEM_REALCE): string {
  return `${realce.hora(`[${formatarHora(new Date(mensagem.timestamp))}]`)} ${formatarSemHora(mensagem, realce)}`;
}

export function formatarSemHora({ origem, destino, tipo, conteudo }: Mensagem, realce = SEM_REALCE): string {
  const nome = (quem: string) => realce.nome(tornarVisivel(quem), quem);
  const quem = tipo === 'unicast' ? `${nome(origem)} -> ${nome(destino)}` : nome(origem);
  return `${quem}: ${tornarVisivel(conteudo)}`;
}
