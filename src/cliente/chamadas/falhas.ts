/** As falhas como quem conversa as vê; o que cada uma permite está em `rpc/client/passos.ts`. */

import { ehDoTipo } from '../../contract/errors.ts';
import { especieDe } from '../../rpc/client/falhas.ts';
import { cabe } from '../../rpc/client/passos.ts';

/** O outro lado está fora, reiniciando ou ocupado: mais tarde, a mesma chamada pode dar certo. */
export function ehPassageira(erro: unknown): boolean {
  return cabe('esperar', erro, 'nenhum');
}

/** Ninguém atendeu; quem pede menos chamadas, ou falha por dentro, está lá. */
export function estaFora(erro: unknown): boolean {
  return ehPassageira(erro) && !ehDoTipo(erro, 'LIMITE_EXCEDIDO', 'ERRO_INTERNO');
}

/** O token já não vale: quem quer continuar registra-se de novo. */
export function acabouASessao(erro: unknown): boolean {
  return cabe('registrar_de_novo', erro, 'nenhum');
}

/** Quem chamou desistiu, também da espera entre duas tentativas. */
export function foiCancelada(erro: unknown): boolean {
  return especieDe(erro) === 'cancelada';
}

/** Não veio de uma chamada: este programa é que errou. */
export function ehDefeito(erro: unknown): boolean {
  return especieDe(erro) === 'defeito';
}
