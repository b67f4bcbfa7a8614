/** `usuarios`: quem está numa sala, ou em todas. */

import { ehDoTipo } from '../../contract/errors.ts';
import type { Chat } from '../biblioteca/biblioteca.ts';
import { abrirChat } from './abrir-chat.ts';
import { exigirNome } from './nomes.ts';
import type { Execucao } from './ordem.ts';
import { emCampos, escrever } from './saida.ts';

export async function usuarios(execucao: Execucao): Promise<void> {
  const [nomeSala] = execucao.operandos;
  if (nomeSala !== undefined) exigirNome(execucao, 'a sala', nomeSala);
  const chat = await abrirChat(execucao);
  if (nomeSala !== undefined) {
    for (const nomeUsuario of await chat.usuarios(nomeSala)) {
      await escrever(execucao, { nomeSala, nomeUsuario }, () => emCampos(nomeUsuario));
    }
    return;
  }
  for (const sala of await chat.salas()) {
    for (const nomeUsuario of await usuariosSeHouver(chat, sala.nomeSala)) {
      const campos = { nomeSala: sala.nomeSala, nomeUsuario };
      await escrever(execucao, campos, () => emCampos(nomeUsuario, sala.nomeSala));
    }
  }
}

async function usuariosSeHouver(chat: Chat, nomeSala: string): Promise<readonly string[]> {
  try {
    return await chat.usuarios(nomeSala);
  } catch (erro) {
    // Removida desde que se listaram as salas.
    if (ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) return [];
    throw erro;
  }
}
