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
    entrar_sala: (params, usuario) => chat.donos.entrarSala(params, usuario),
    sair_da_sala: (_, usuario) => chat.sairDaSala(usuario),
    enviar_mensagem: (params, usuario) => chat.enviarMensagem(params, usuario),
    receber_mensagens: (params, usuario) => chat.receberMensagens(params, usuario),
    listar_salas: (params) => chat.listarSalas(params),
    listar_usuarios: (params, usuario) => chat.listarUsuarios(params, usuario),
    configurar_sala: (params, usuario) => chat.donos.configurarSala(params, usuario),
    silenciar_usuario: (params, usuario) => chat.donos.silenciarUsuario(params, usuario),
    expulsar_usuario: (params, usuario) => chat.donos.expulsarUsuario(params, usuario),
    passar_sala: (params, usuario) => chat.donos.passarSala(params, usuario),
    detalhar_sala: (params, usuario) => chat.donos.detalharSala(params, usuario),
    formatar_mensagens: (params) => chat.formatarMensagens(params),
  };
}
