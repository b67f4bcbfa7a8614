/** A sessão de um subcomando, aberta com as opções dele. */

import { type Chat, conectar } from '../biblioteca/biblioteca.ts';
import { exigirNome, nomePadrao } from './nomes.ts';
import { aoRastrear, type Execucao } from './ordem.ts';

/** Um sinal a encerra, mesmo que chegue enquanto ela se abre. */
export async function abrirChat(execucao: Execucao): Promise<Chat> {
  const { binder, nome, intervalo, espera } = execucao.opcoes;
  if (nome !== undefined) exigirNome(execucao, '--nome', nome);
  const chegada = conectar({
    nome: nome ?? nomePadrao(),
    binder: binder.join(','),
    ca: execucao.ca,
    // Um script prefere saber logo que não há servidor; depois de conectado, a conversa insiste.
    prazoMs: 0,
    intervaloMs: intervalo,
    esperaMs: espera,
    aoAvisar: (texto) => execucao.canais.erros.write(`${execucao.processo}: ${texto}\n`),
    aoRastrear: aoRastrear(execucao),
    rastroEm: execucao.opcoes.rastro,
  });
  execucao.aoEncerrar(async () => {
    const chat = await chegada.catch(() => undefined);
    await chat?.close();
  });
  return chegada;
}
