/**
 * Depois de uma falha, o que se pode tentar: a única política de repetição de quem chama.
 * Cada linha é uma espécie de falha; cada coluna, o que repetir a chamada faz. Os passos vêm do mais perto ao mais
 * longe, e quem dá cada um é quem pode: `remote` chama outra vez no mesmo endereço, `Alternativas` e a conexão do
 * cliente passam a outro, quem tem tempo espera, quem tem sessão se registra de novo. Sem passo, desiste-se.
 */

import type { EfeitoDeRepetir } from '../../contract/procedure.ts';
import { type EspecieDeFalha, especieDe } from './falhas.ts';

export type Passo = 'mesmo_endereco' | 'outro_endereco' | 'esperar' | 'registrar_de_novo';

type Linha = Readonly<Record<EfeitoDeRepetir, readonly Passo[]>>;

const DESISTIR: Linha = { nenhum: [], recusa: [], age_de_novo: [] };

/** O outro lado não agiu: tanto faz o que repetir faria. */
function semTerAgido(...passos: readonly Passo[]): Linha {
  return { nenhum: passos, recusa: passos, age_de_novo: passos };
}

export const PASSOS: Readonly<Record<EspecieDeFalha, Linha>> = {
  nao_chegou: semTerAgido('outro_endereco', 'esperar'),
  // Uma conexão ociosa pode ter sido fechada pelo outro lado no instante em que se usou: outra, ao mesmo, basta.
  caiu: { nenhum: ['mesmo_endereco', 'outro_endereco', 'esperar'], recusa: ['esperar'], age_de_novo: [] },
  // Depois de um prazo, repetir no mesmo dobraria a espera de quem chamou.
  sem_resposta: { nenhum: ['outro_endereco', 'esperar'], recusa: ['esperar'], age_de_novo: [] },
  resposta_estranha: { nenhum: ['outro_endereco', 'esperar'], recusa: ['esperar'], age_de_novo: [] },
  repita_ja: semTerAgido('mesmo_endereco', 'esperar'),
  indisponivel: semTerAgido('outro_endereco', 'esperar'),
  ocupado: semTerAgido('esperar'),
  // Outro binder pode conhecer: este acaba de voltar vazio, por exemplo.
  sem_servidor: semTerAgido('outro_endereco', 'esperar'),
  // O que só age uma vez pode já ter agido, e a repetição seria recusada por causa da primeira.
  falhou_por_dentro: { nenhum: ['esperar'], recusa: [], age_de_novo: [] },
  sessao_acabou: semTerAgido('registrar_de_novo'),
  recusada: DESISTIR,
  cancelada: DESISTIR,
  defeito: DESISTIR,
};

/** Se, depois dessa falha numa chamada com esse efeito, esse passo cabe. */
export function cabe(passo: Passo, erro: unknown, efeito: EfeitoDeRepetir): boolean {
  return PASSOS[especieDe(erro)][efeito].includes(passo);
}
