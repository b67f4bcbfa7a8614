/** `enviar`: o texto dado, ou cada linha da entrada, uma mensagem cada. */

import { createInterface } from 'node:readline';
import { abrirChat } from './abrir-chat.ts';
import { exigirNome } from './nomes.ts';
import type { Execucao } from './ordem.ts';
import { escreverMensagem } from './saida.ts';
import { comStatus } from './status.ts';

export async function enviar(execucao: Execucao): Promise<void> {
  const [sala = '', ...palavras] = execucao.operandos;
  const { para } = execucao.opcoes;
  exigirNome(execucao, 'a sala', sala);
  if (para !== undefined) exigirNome(execucao, '--para', para);
  const chat = await abrirChat(execucao);
  await chat.entrar(sala);
  const enviarUma = async (texto: string) => escreverMensagem(execucao, await chat.enviar(texto, { para }));
  if (palavras.length > 0) return enviarUma(palavras.join(' '));

  let numero = 0;
  for await (const linha of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    numero += 1;
    try {
      if (linha !== '') await enviarUma(linha);
    } catch (erro) {
      throw comStatus(`${execucao.processo}: linha ${numero} da entrada`, erro);
    }
  }
}
