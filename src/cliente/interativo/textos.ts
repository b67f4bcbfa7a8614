/** O que se diz a quem usa, e o que se entende do que respondeu. */

import { tornarVisivel } from '../../dominio/visivel.ts';
import type { ResultadoDe } from '../chamadas/servico.ts';

export const PERGUNTA_DO_NOME = 'Digite seu nome de usuário:';
export const PERGUNTA_DA_SALA = 'Digite o nome da sala:';
export const PERGUNTA_DO_DESTINATARIO = 'Digite o destinatário (Enter para todos):';
export const PERGUNTA_DA_MENSAGEM = 'Digite a mensagem:';

export function listar(nomes: readonly string[]): string {
  return nomes.map(tornarVisivel).join(', ');
}

export function descrever({ nomeSala, usuarios, topico, temSenha }: ResultadoDe<'detalhar_sala'>): string {
  const cadeado = temSenha ? ' [senha]' : '';
  return `${nomeSala} (${quantas(usuarios, 'usuário', 'usuários')})${cadeado}${topico === null ? '' : `: ${topico}`}`;
}

export function quantas(numero: number, uma: string, varias: string): string {
  return `${numero} ${numero === 1 ? uma : varias}`;
}
