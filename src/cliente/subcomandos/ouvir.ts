/** `ouvir`: o que chega à sala, até um sinal. */

import { abrirChat } from './abrir-chat.ts';
import { exigirNome } from './nomes.ts';
import type { Execucao } from './ordem.ts';
import { escreverMensagem } from './saida.ts';

export async function ouvir(execucao: Execucao): Promise<void> {
  const [sala = ''] = execucao.operandos;
  exigirNome(execucao, 'a sala', sala);
  const chat = await abrirChat(execucao);
  const { mensagens } = await chat.entrar(sala);
  if (execucao.opcoes.historico) for (const mensagem of mensagens) await escreverMensagem(execucao, mensagem);
  for await (const mensagem of chat.mensagens()) await escreverMensagem(execucao, mensagem);
}
