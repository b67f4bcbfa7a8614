/** O que uma sala tem além do nome e de quem está nela: o dono, e o que ele configurou. */

import type { Sala } from '../../../contract/chat.ts';

export interface Dono {
  readonly sessaoId: number;
  readonly nome: string;
}

export interface Ajustes {
  /** `null` quando a sessão do dono acabou sem que houvesse alguém na sala. */
  readonly dono: Dono | null;
  readonly topico: string | null;
  /** O hash, com o sal. */
  readonly senha: string | null;
  readonly silenciada: boolean;
  readonly permanente: boolean;
}

export const SEM_AJUSTES: Ajustes = {
  dono: null,
  topico: null,
  senha: null,
  silenciada: false,
  permanente: false,
};

export function detalhar(nomeSala: string, usuarios: number, ajustes: Ajustes): Sala {
  const { dono, topico, senha, silenciada, permanente } = ajustes;
  return { nomeSala, dono: dono?.nome ?? null, topico, temSenha: senha !== null, silenciada, permanente, usuarios };
}
