/** O vocabulário de outros chats. Puro. */

/** As palavras de outros chats: quem as conhece é entendido. */
export const DE_OUTROS_CHATS: ReadonlyMap<string, string> = new Map([
  ['quit', 'encerrar'],
  ['exit', 'encerrar'],
  ['join', 'entrar'],
  ['leave', 'sair'],
  ['part', 'sair'],
  ['help', 'ajuda'],
  ['list', 'salas'],
  ['rooms', 'salas'],
  ['names', 'usuarios'],
  ['who', 'usuarios'],
  ['users', 'usuarios'],
  ['create', 'criar'],
  ['topic', 'topico'],
  ['kick', 'expulsar'],
  ['mute', 'calar'],
  ['password', 'senha'],
  ['ignore', 'ignorar'],
  ['history', 'historico'],
  ['w', 'msg'],
  ['whisper', 'msg'],
  ['query', 'msg'],
  ['reply', 'r'],
]);

/** O que outros chats fazem e este não, e por quê. */
export const SEM_COMANDO: ReadonlyMap<string, string> = new Map([
  ['nick', 'O nome não muda durante a sessão: com /encerrar você sai, e volta com outro.'],
  ['me', 'Não há /me: escreva a frase inteira.'],
]);
