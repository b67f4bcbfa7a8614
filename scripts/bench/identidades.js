/** Nomes e tokens que quem semeia e quem carrega tiram da mesma conta, sem precisar trocar nada. */

import { createHash } from 'node:crypto';

export function nomeDe(prefixo, indice) {
  return `${prefixo}${indice}`;
}

/** Da forma que o servidor dá: 256 bits em base64url. */
export function tokenDe(nome) {
  return createHash('sha256').update(`bench ${nome}`).digest('base64url');
}

/** @returns os n usuários de um prefixo */
export function usuariosDe(prefixo, n) {
  return Array.from({ length: n }, (_, indice) => {
    const nome = nomeDe(prefixo, indice);
    return { nome, token: tokenDe(nome) };
  });
}

/** Uma mensagem como as que as pessoas escrevem: uma linha. O número a torna única. */
export function textoDaMensagem(numero) {
  return `mensagem ${String(numero).padStart(9, '0')}: bom dia a todos, alguém viu o relatório de ontem?`;
}
