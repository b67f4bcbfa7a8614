/** Os procedimentos do servidor de chat, seus apelidos, a Mensagem e a Sala. */

import * as z from 'zod';
import {
  chaveDeRepeticao,
  conteudoDeMensagem,
  inteiro,
  logico,
  nome,
  opcional,
  problemaDoComprimento,
  senhaDaSala,
  topicoDaSala,
} from './campos.ts';
import { esquemaDeTexto } from './esquemas.ts';
import { ESPERA_MAXIMA_MS } from './limites.ts';
import type { Contract, Procedure } from './procedure.ts';

/** Quantas mensagens uma resposta traz no máximo. */
export const MENSAGENS_POR_PAGINA = 50;

/** O documento os diz de toda Mensagem; só se conferem na que `formatar_mensagens` recebe, que veio de qualquer um. */
const TEXTOS_DA_MENSAGEM = { sala: [1, 32], origem: [1, 32], destino: [1, 32], conteudo: [1, 4000] } as const;

function textoDaMensagem(campo: keyof typeof TEXTOS_DA_MENSAGEM) {
  const [minimo, maximo] = TEXTOS_DA_MENSAGEM[campo];
  return z.string({ error: 'deve ser um texto' }).meta(esquemaDeTexto(minimo, maximo));
}

const mensagem = z
  .strictObject(
    {
      id: inteiro(0, Number.MAX_SAFE_INTEGER),
      sala: textoDaMensagem('sala'),
      tipo: z.enum(['broadcast', 'unicast'], { error: 'deve ser "broadcast" ou "unicast"' }),
      origem: textoDaMensagem('origem'),
      destino: textoDaMensagem('destino'),
      conteudo: textoDaMensagem('conteudo'),
      timestamp: z.iso.datetime({ error: 'deve ser um instante ISO 8601 em UTC' }),
    },
    {
      error: (problema) =>
        problema.code === 'unrecognized_keys'
          ? `tem campos desconhecidos: ${problema.keys.join(', ')}`
          : 'deve ser uma Mensagem',
    },
  )
  .meta({ id: 'Mensagem', title: 'Mensagem' });

export type Mensagem = z.output<typeof mensagem>;

const mensagemAFormatar = mensagem.superRefine((valor, contexto) => {
  for (const [campo, [minimo, maximo]] of Object.entries(TEXTOS_DA_MENSAGEM)) {
    const message = problemaDoComprimento(valor[campo as keyof typeof TEXTOS_DA_MENSAGEM], minimo, maximo);
    if (message) contexto.addIssue({ code: 'custom', path: [campo], message });
  }
});

const sala = z
  .object({
    nomeSala: z.string(),
    dono: z.string().nullable(),
    topico: z.string().nullable(),
    temSenha: z.boolean(),
    silenciada: z.boolean(),
    permanente: z.boolean(),
    usuarios: inteiro(0, Number.MAX_SAFE_INTEGER),
  })
  .meta({ id: 'Sala', title: 'Sala' });

export type Sala = z.output<typeof sala>;

const salaListada = z.object({ nomeSala: z.string(), usuarios: inteiro(0, Number.MAX_SAFE_INTEGER) });

/** Por quanto tempo uma expulsão pode valer, e por quanto vale quando não se diz. */
const MAXIMO_DE_MINUTOS_EXPULSO = 1_440;
export const MINUTOS_EXPULSO = 10;

/** O que pode recusar quem age como dono de uma sala. */
const ERROS_DO_DONO = [
  'NAO_AUTENTICADO',
  'USUARIO_NAO_CONFERE',
  'SALA_NAO_ENCONTRADA',
  'SEM_PERMISSAO',
  'LIMITE_EXCEDIDO',
  'SERVICO_INDISPONIVEL',
] as const;
const ERROS_DO_DONO_COM_ALVO = [...ERROS_DO_DONO, 'DESTINATARIO_FORA_DA_SALA'] as const;

export const CHAT_PROCEDURES = {
  registrar_usuario: {
    descricao:
      'Registra um nome e devolve o token que identifica o chamador; com um token vivo do mesmo nome, retoma essa sessão.',
    acesso: 'livre',
    repeticao: 'unica',
    parametros: z.object({ nomeUsuario: nome }),
    resultado: z.object({ nomeUsuario: z.string(), token: z.string(), sala: z.string().nullable() }),
    erros: ['NOME_EM_USO', 'LIMITE_EXCEDIDO', 'SERVICO_INDISPONIVEL'],
  },
  encerrar_sessao: {
    descricao: 'Sai da sala, termina a sessão e libera o nome.',
    acesso: 'sessao',
    repeticao: 'unica',
    parametros: z.object({ nomeUsuario: opcional(nome) }),
    resultado: z.literal(true),
    erros: ['NAO_AUTENTICADO', 'USUARIO_NAO_CONFERE', 'SERVICO_INDISPONIVEL'],
  },
  criar_sala: {
    descricao: 'Cria uma sala, sem entrar nela.',
    acesso: 'sessao',
    repeticao: 'unica',
    parametros: z.object({ nomeSala: nome }),
    resultado: z.object({ nomeSala: z.string() }),
    erros: ['NAO_AUTENTICADO', 'SALA_JA_EXISTE', 'LIMITE_EXCEDIDO', 'SERVICO_INDISPONIVEL'],
    apelidos: ['criarSala'],
  },
  entrar_sala: {
    descricao:
      'Entra na sala, saindo da anterior; devolve quem está nela, as últimas 50 mensagens que o chamador pode ver, sem quem entrou e quem saiu, e a entrada dele.',
    acesso: 'sessao',
    repeticao: 'segura',
    parametros: z.object({ nomeUsuario: nome, nomeSala: nome, senha: opcional(senhaDaSala) }),
    resultado: z.object({ nomeSala: z.string(), usuarios: z.array(z.string()), mensagens: z.array(mensagem) }),
    erros: [
      'NAO_AUTENTICADO',
      'USUARIO_NAO_CONFERE',
      'SALA_NAO_ENCONTRADA',
      'EXPULSO',
      'SENHA_INCORRETA',
      'LIMITE_EXCEDIDO',
      'SERVICO_INDISPONIVEL',
    ],
    apelidos: ['entrar_na_sala'],
  },
  sair_da_sala: {
    descricao: 'Sai da sala em que o chamador está.',
    acesso: 'sessao',
    repeticao: 'unica',
    parametros: z.object({ nomeUsuario: opcional(nome) }),
    resultado: z.object({ nomeSala: z.string() }),
    erros: ['NAO_AUTENTICADO', 'USUARIO_NAO_CONFERE', 'FORA_DA_SALA', 'SERVICO_INDISPONIVEL'],
  },
  enviar_mensagem: {
    descricao:
      'Envia a todos da sala, ou só ao `destinatario`; repetir com a mesma `chave` devolve a primeira mensagem, sem gravar outra.',
    acesso: 'sessao',
    repeticao: 'com_chave',
    parametroDaChave: 'chave',
    parametros: z.object({
      nomeUsuario: nome,
      salaAtual: nome,
      mensagem: conteudoDeMensagem,
      destinatario: opcional(nome),
      chave: opcional(chaveDeRepeticao),
    }),
    resultado: mensagem,
    erros: [
      'NAO_AUTENTICADO',
      'USUARIO_NAO_CONFERE',
      'SALA_NAO_ENCONTRADA',
      'FORA_DA_SALA',
      'SILENCIADO',
      'DESTINATARIO_FORA_DA_SALA',
      'LIMITE_EXCEDIDO',
      'SERVICO_INDISPONIVEL',
    ],
    apelidos: ['enviar_messagem'],
  },
  receber_mensagens: {
    descricao:
      'Devolve as mensagens que `entrar_sala` dá ou, com `desde`, as 50 primeiras mensagens depois desse id, com quem entrou e quem saiu. Com `esperarMs`, espera até esse tempo por uma mensagem nova.',
    acesso: 'sessao',
    repeticao: 'leitura',
    parametros: z.object({
      nomeUsuario: nome,
      salaAtual: nome,
      desde: opcional(inteiro(0, Number.MAX_SAFE_INTEGER)),
      esperarMs: opcional(inteiro(0, ESPERA_MAXIMA_MS, 'ms')),
    }),
    resultado: z.array(mensagem),
    erros: ['NAO_AUTENTICADO', 'USUARIO_NAO_CONFERE', 'SALA_NAO_ENCONTRADA', 'FORA_DA_SALA', 'SERVICO_INDISPONIVEL'],
  },
  listar_salas: {
    descricao:
      'Lista, por nome, as salas abertas e quantos usuários há em cada uma; com `detalhes`, cada uma como `detalhar_sala` a dá.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({ detalhes: opcional(logico) }),
    resultado: z.array(z.union([sala, salaListada])),
    erros: ['SERVICO_INDISPONIVEL'],
  },
  listar_usuarios: {
    descricao: 'Lista, por nome, quem está na sala; sem `nomeSala`, na sala do chamador.',
    acesso: 'sessao',
    repeticao: 'leitura',
    parametros: z.object({ nomeSala: opcional(nome) }),
    resultado: z.array(z.string()),
    erros: ['NAO_AUTENTICADO', 'SALA_NAO_ENCONTRADA', 'FORA_DA_SALA', 'SERVICO_INDISPONIVEL'],
  },
  configurar_sala: {
    descricao:
      'O dono muda o tópico, a senha, o silêncio de todos ou se a sala fica quando não há ninguém; o que falta não muda, e um texto vazio tira.',
    acesso: 'sessao',
    repeticao: 'segura',
    parametros: z.object({
      nomeUsuario: nome,
      nomeSala: nome,
      topico: opcional(topicoDaSala),
      senha: opcional(senhaDaSala),
      silenciada: opcional(logico),
      permanente: opcional(logico),
    }),
    resultado: sala,
    erros: ERROS_DO_DONO,
  },
  silenciar_usuario: {
    descricao: 'O dono silencia alguém que está na sala, ou o deixa falar de novo; vale enquanto durar a sessão dele.',
    acesso: 'sessao',
    repeticao: 'segura',
    parametros: z.object({ nomeUsuario: nome, nomeSala: nome, alvo: nome, silenciado: logico }),
    resultado: z.literal(true),
    erros: ERROS_DO_DONO_COM_ALVO,
  },
  expulsar_usuario: {
    descricao:
      'O dono tira alguém da sala, e quem tiver esse nome não entra nela por `minutos` (10); com 0, só sai, ou volta a poder entrar.',
    acesso: 'sessao',
    repeticao: 'unica',
    parametros: z.object({
      nomeUsuario: nome,
      nomeSala: nome,
      alvo: nome,
      minutos: opcional(inteiro(0, MAXIMO_DE_MINUTOS_EXPULSO, 'minutos')),
    }),
    resultado: z.literal(true),
    erros: ERROS_DO_DONO_COM_ALVO,
  },
  passar_sala: {
    descricao: 'O dono passa a sala a alguém que está nela.',
    acesso: 'sessao',
    repeticao: 'unica',
    parametros: z.object({ nomeUsuario: nome, nomeSala: nome, alvo: nome }),
    resultado: z.literal(true),
    erros: ERROS_DO_DONO_COM_ALVO,
  },
  detalhar_sala: {
    descricao: 'Diz de quem é a sala, o seu tópico, e o que o dono configurou nela.',
    acesso: 'sessao',
    repeticao: 'leitura',
    parametros: z.object({ nomeSala: nome }),
    resultado: sala,
    erros: ['NAO_AUTENTICADO', 'SALA_NAO_ENCONTRADA', 'SERVICO_INDISPONIVEL'],
  },
  formatar_mensagens: {
    descricao: 'Devolve a linha que mostra a mensagem, no fuso do servidor, com os caracteres de controle visíveis.',
    acesso: 'livre',
    repeticao: 'leitura',
    parametros: z.object({ mensagem: mensagemAFormatar }),
    resultado: z.string(),
    erros: [],
  },
} as const satisfies Record<string, Procedure>;

export type ChatProcedures = typeof CHAT_PROCEDURES;

export const CHAT_CONTRACT: Contract<ChatProcedures> = {
  titulo: 'Servidor do Chat System Distribuido',
  procedures: CHAT_PROCEDURES,
};
