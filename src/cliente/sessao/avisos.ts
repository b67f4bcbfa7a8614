/** O que se diz a quem ouve quando o servidor muda o lugar da pessoa. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import { explicar, motivoDaSaida } from '../chamadas/explicar.ts';
import type { Desfecho } from './recuperacao.ts';

export interface Aviso {
  readonly avisos: readonly string[];
  /** A pessoa já não está na sala, ou já não tem nome. */
  readonly retirado: boolean;
}

export function contarDesfecho(desfecho: Desfecho): Aviso {
  if (desfecho.tipo === 'sem_nome') {
    const motivo = explicar(desfecho.erro);
    return { avisos: [`Sua sessão terminou no servidor, e o nome não pôde ser retomado: ${motivo}`], retirado: true };
  }
  const { nome, sala } = desfecho;
  const registrado = `Sua sessão tinha terminado no servidor; você foi registrado de novo como ${tornarVisivel(nome)}.`;
  if (desfecho.tipo === 'sem_sala') return { avisos: [registrado, contarQueSaiu(sala, desfecho.erro)], retirado: true };
  const volta = sala === undefined ? [] : [`Você voltou à sala ${tornarVisivel(sala)}.`];
  return { avisos: [registrado, ...volta], retirado: false };
}

/** @param erro a recusa do servidor, que diz por quê */
export function contarQueSaiu(sala: string | undefined, erro: unknown): string {
  return `Você não está mais na sala ${tornarVisivel(sala ?? '')}. ${motivoDaSaida(erro)}`;
}
