/** Nomes e tokens que quem semeia e quem carrega tiram da mesma conta, sem precisar trocar nada. */

import { createHash } from 'node:crypto';

export interface Usuario {
  readonly nome: string;
  readonly token: string;
}

/** Da forma que o servidor dá: 256 bits em base64url. */
function tokenDe(nome: string): string {
  return createHash('sha256').update(`bench ${nome}`).digest('base64url');
}

/** @returns os n usuários de um prefixo */
export function usuariosDe(prefixo: string, n: number): Usuario[] {
  return Array.from({ length: n }, (_, indice) => usuarioDe(prefixo, indice));
}

/** @returns o usuário deste índice, a partir de 0 */
export function usuarioDe(prefixo: string, indice: number): Usuario {
  const nome = `${prefixo}${indice}`;
  return { nome, token: tokenDe(nome) };
}

/** Uma mensagem como as que as pessoas escrevem: uma linha. O número a torna única. */
export function textoDaMensagem(numero: number): string {
  return `mensagem ${String(numero).padStart(9, '0')}: bom dia a todos, alguém viu o relatório de ontem?`;
}
