/** A prova de que a pressa não perdeu nada: cada mensagem confirmada, uma vez, em ordem, a todos os seus e a mais ninguém. */

import type { Mensagem } from '../../../src/contract/chat.ts';
import { resultadoDe } from './chamadas.ts';
import { Conexao, montarChamada } from './http.ts';
import type { Usuario } from './identidades.ts';

/** @returns tudo o que o usuário vê na sala depois de um id, de página em página */
export async function lerTudo(
  porta: number,
  { nome, token }: Usuario,
  salaAtual: string,
  desde: number,
): Promise<Mensagem[]> {
  const conexao = await Conexao.abrir(porta);
  const lidas: Mensagem[] = [];
  try {
    for (let cursor = desde; ; ) {
      const params = { nomeUsuario: nome, salaAtual, desde: cursor };
      const corpo = await conexao.chamar(montarChamada('receber_mensagens', params, token));
      const pagina = resultadoDe<Mensagem[]>(corpo);
      const ultima = pagina.at(-1);
      if (!ultima) return lidas;
      lidas.push(...pagina);
      cursor = ultima.id;
    }
  } finally {
    conexao.fechar();
  }
}

/**
 * @param confirmadas as mensagens que o servidor confirmou e a que este usuário tem direito
 * @param recebidas as que ele recebeu, na ordem em que chegaram; as de SERVER não se conferem
 * @returns os defeitos, em frases
 */
export function conferir(quem: string, confirmadas: readonly Mensagem[], recebidas: readonly Mensagem[]): string[] {
  const defeitos: string[] = [];
  let anterior = 0;
  const porId = new Map<number, Mensagem>();
  for (const mensagem of recebidas) {
    if (mensagem.id <= anterior) defeitos.push(`${quem} recebeu ${mensagem.id} depois de ${anterior}`);
    anterior = mensagem.id;
    if (mensagem.origem !== 'SERVER') porId.set(mensagem.id, mensagem);
  }
  for (const confirmada of confirmadas) {
    const recebida = porId.get(confirmada.id);
    if (!recebida) defeitos.push(`${quem} não recebeu ${confirmada.id}`);
    else if (recebida.conteudo !== confirmada.conteudo || recebida.origem !== confirmada.origem) {
      defeitos.push(`${quem} recebeu ${confirmada.id} diferente do que foi enviado`);
    }
    porId.delete(confirmada.id);
  }
  for (const id of porId.keys()) defeitos.push(`${quem} recebeu ${id}, que ninguém confirmou ou que não é para ele`);
  return defeitos;
}
