/** O contrato do servidor sobre as regras do chat. */

import type { ChatProcedures } from '../contract/chat.ts';
import type { Handlers } from '../contract/procedure.ts';
import type { Chamadores } from './autenticacao.ts';
import type { Chat } from './chat.ts';

export function criarHandlers(chat: Chat): Handlers<ChatProcedures, Chamadores> {
  return {
    registrar_usuario: (params, visitante) => chat.registrarUsuario(params, visitante),
    encerrar_sessao: (_, usuario) => chat.encerrarSessao(usuario),
    criar_sala: (params, usuario) => chat.criarSala(params, usuario),
    entrar_sala: (params, usuario) => chat.entrarSala(params, usuario),
    sair_da_sala: (_, usuario) => chat.sairDaSala(usuario),
    enviar_mensagem: (params, usuario) => chat.enviarMensagem(params, usuario),
    receber_mensagens: (params, usuario) => chat.receberMensagens(params, usuario),
    listar_salas: () => chat.listarSalas(),
    listar_usuarios: (params, usuario) => chat.listarUsuarios(params, usuario),
    formatar_mensagens: (params) => chat.formatarMensagens(params),
  };
}
