/**
 * Os comandos da linha de conversa, numa tabela só: dela saem a ajuda, a conclusão com Tab e a validação.
 * Tudo aqui é puro: um texto vira uma intenção, e quem a cumpre é outro.
 */

import { FORMATOS_DO_RASTRO, type FormatoDoRastro } from '../../../contract/formatos-do-rastro.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import { QUANDO_TOCAR, type QuandoTocar } from '../../sessao/guardado/lembranca.ts';
import { semAcentos } from '../../terminal/perguntas/sem-acentos.ts';
import { COMANDO_DA_SALA, COMANDOS_DO_DONO, type IntencaoDoDono } from './comandos-do-dono.ts';
import { lerDestinatario, semAspas } from './destinatario.ts';
import { maisParecido } from './mais-parecido.ts';
import { DE_OUTROS_CHATS, SEM_COMANDO } from './outros-chats.ts';

type ComNome = 'usuarios' | 'entrar' | 'criar' | 'ignorar';
type SemArgumento = 'ajuda' | 'salas' | 'sair' | 'menu' | 'silenciar' | 'encerrar' | 'perdi';

/** Um tipo para cada nome, para que quem recebe um só não tenha de saber dos outros. */
type CadaUm<N extends string, R> = N extends string ? { readonly tipo: N } & R : never;

/** O que a pessoa quis dizer com uma linha. */
export type Intencao =
  | IntencaoDoDono
  | { readonly tipo: 'dizer'; readonly texto: string }
  | { readonly tipo: 'privada'; readonly destinatario: string; readonly texto: string }
  | { readonly tipo: 'responder'; readonly texto: string }
  | CadaUm<ComNome, { readonly nome: string }>
  | { readonly tipo: 'historico'; readonly quantas: number }
  | { readonly tipo: 'sino'; readonly quando: QuandoTocar }
  /** `undefined`: só dizer que horas são. */
  | { readonly tipo: 'hora'; readonly mostrar: boolean | undefined }
  /** `undefined`: liga ou desliga. */
  | { readonly tipo: 'rastro'; readonly formato: FormatoDoRastro | 'off' | undefined }
  | CadaUm<SemArgumento, unknown>
  /** Nada foi feito; o texto fica na linha. `motivo` já sem nada que um terminal obedeceria */
  | {
      readonly tipo: 'erro';
      readonly motivo: string;
      /** O comando é de quem é dono da sala: a outra pessoa não adianta dizer como se usa. */
      readonly doDono?: true;
    };

const GRUPO_DO_DONO = 'O dono da sala';
export const GRUPOS = ['Conversar', 'Salas', GRUPO_DO_DONO, 'O que se vê e se ouve', 'O programa'] as const;
export type Grupo = (typeof GRUPOS)[number];

/** O que um argumento é, para concluí-lo com Tab. */
export type Argumento = 'usuario' | 'sala' | 'sino' | 'nenhum';

export interface Comando {
  /** Sob que título a ajuda o mostra. */
  readonly grupo: Grupo;
  /** O que vem depois da barra. */
  readonly nome: string;
  /** Como se escrevem os argumentos, na ajuda. */
  readonly uso: string;
  readonly descricao: string;
  readonly argumento: Argumento;
  /** @param resto o que veio depois do nome, sem espaços nas pontas; @returns `undefined` quando não serve */
  readonly ler: (resto: string, usuarios: readonly string[]) => Intencao | undefined;
}

const HISTORICO_MAXIMO = 50;

export const COMANDOS: readonly Comando[] = [
  {
    grupo: 'Conversar',
    nome: 'msg',
    uso: 'nome texto',
    descricao: 'mensagem privada, como @nome texto',
    argumento: 'usuario',
    ler: lerPrivada,
  },
  {
    grupo: 'Conversar',
    nome: 'r',
    uso: 'texto',
    descricao: 'responde à última mensagem privada',
    argumento: 'nenhum',
    ler: (texto) => (texto === '' ? undefined : { tipo: 'responder', texto }),
  },
  {
    grupo: 'Conversar',
    nome: 'historico',
    uso: '[quantas]',
    descricao: `mostra de novo as últimas mensagens, até ${HISTORICO_MAXIMO}`,
    argumento: 'nenhum',
    ler: (resto) => {
      const quantas = resto === '' ? HISTORICO_MAXIMO : Number(resto);
      return Number.isInteger(quantas) && quantas >= 1 && quantas <= HISTORICO_MAXIMO
        ? { tipo: 'historico', quantas }
        : undefined;
    },
  },
  semArgumento('Conversar', 'perdi', 'mostra de novo tudo o que se disse na sua última ausência'),
  comNome('Salas', 'usuarios', '[sala]', 'quem está nesta sala, ou em outra', 'sala'),
  semArgumento('Salas', 'salas', 'as salas abertas'),
  comNome('Salas', 'entrar', 'sala', 'entra em outra sala', 'sala'),
  comNome('Salas', 'criar', 'sala', 'cria uma sala e entra nela', 'nenhum'),
  semArgumento('Salas', 'sair', 'sai da sala'),
  { grupo: 'Salas', ...COMANDO_DA_SALA },
  ...COMANDOS_DO_DONO.map((comando): Comando => ({ grupo: GRUPO_DO_DONO, ...comando })),
  comNome(
    'O que se vê e se ouve',
    'ignorar',
    '[nome]',
    'esconde, ou não, o que alguém diz; sem nome, lista',
    'usuario',
  ),
  semArgumento('O que se vê e se ouve', 'silenciar', 'esconde, ou não, os avisos de quem entra e sai'),
  {
    grupo: 'O que se vê e se ouve',
    nome: 'sino',
    uso: QUANDO_TOCAR.join('|'),
    descricao: 'off: nunca; mencao: quando falam com você; tudo: sempre',
    argumento: 'sino',
    ler: (resto) => {
      const quando = QUANDO_TOCAR.find((opcao) => opcao === semAcentos(resto));
      return quando && { tipo: 'sino', quando };
    },
  },
  {
    grupo: 'O que se vê e se ouve',
    nome: 'hora',
    uso: '[on|off]',
    descricao: 'diz que horas são; on e off mostram e escondem a das mensagens',
    argumento: 'nenhum',
    ler: (resto) => {
      const qual = semAcentos(resto);
      if (qual === '') return { tipo: 'hora', mostrar: undefined };
      return qual === 'on' || qual === 'off' ? { tipo: 'hora', mostrar: qual === 'on' } : undefined;
    },
  },
  {
    grupo: 'O programa',
    nome: 'rastro',
    uso: `[${[...FORMATOS_DO_RASTRO, 'off'].join('|')}]`,
    descricao: 'mostra, ou não, cada chamada ao binder e ao servidor',
    argumento: 'nenhum',
    ler: (resto) => {
      const dado = semAcentos(resto);
      const formato = [...FORMATOS_DO_RASTRO, 'off' as const].find((um) => um === dado);
      return dado === '' || formato ? { tipo: 'rastro', formato } : undefined;
    },
  },
  semArgumento('O programa', 'ajuda', 'mostra os comandos'),
  semArgumento('O programa', 'menu', 'traz o menu, como a linha vazia'),
  semArgumento('O programa', 'encerrar', 'termina a sessão e sai'),
];

/**
 * Os que se oferecem a uma pessoa: o que ela não pode, não se oferece.
 * @param ehDono se a sala em que ela está é dela
 */
export function comandosPara(ehDono: boolean): readonly Comando[] {
  return ehDono ? COMANDOS : COMANDOS.filter(({ grupo }) => grupo !== GRUPO_DO_DONO);
}

function semArgumento(grupo: Grupo, nome: SemArgumento, descricao: string): Comando {
  const ler = (resto: string): Intencao | undefined => (resto === '' ? { tipo: nome } : undefined);
  return { grupo, nome, uso: '', descricao, argumento: 'nenhum', ler };
}

function comNome(grupo: Grupo, nome: ComNome, uso: string, descricao: string, argumento: Argumento): Comando {
  const opcional = uso.startsWith('[');
  const ler = (resto: string): Intencao | undefined =>
    resto === '' && !opcional ? undefined : { tipo: nome, nome: semAspas(resto) };
  return { grupo, nome, uso, descricao, argumento, ler };
}

function lerPrivada(resto: string, usuarios: readonly string[]): Intencao | undefined {
  const { nome, texto } = lerDestinatario(resto, usuarios);
  return nome === '' || texto === '' ? undefined : { tipo: 'privada', destinatario: nome, texto };
}

/**
 * O que uma linha quer dizer.
 * @param linha não vazia
 * @param usuarios os da sala: um nome com espaços se reconhece por eles
 */
export function interpretar(linha: string, usuarios: readonly string[]): Intencao {
  if (linha.startsWith('//')) return { tipo: 'dizer', texto: linha.slice(1) };
  if (linha.startsWith('/')) return interpretarComando(linha, usuarios);
  // Uma arroba solta não chama ninguém.
  if (!/^@\S/u.test(linha)) return { tipo: 'dizer', texto: linha };
  return lerPrivada(linha.slice(1), usuarios) ?? { tipo: 'erro', motivo: 'Use: @nome texto' };
}

function interpretarComando(linha: string, usuarios: readonly string[]): Intencao {
  const { nome, resto, dado, comando } = partir(linha);
  const motivo = SEM_COMANDO.get(dado);
  if (motivo !== undefined) return { tipo: 'erro', motivo };
  if (comando) return comando.ler(resto, usuarios) ?? malEscrito(comando);
  const parecido = comandoParecido(dado);
  const sugestao = parecido === undefined ? 'veja /ajuda.' : `você quis dizer /${parecido}?`;
  return { tipo: 'erro', motivo: `Não há o comando /${tornarVisivel(nome)}; ${sugestao}` };
}

function malEscrito(comando: Comando): Intencao {
  const erro = { tipo: 'erro', motivo: `Use: ${usoDe(comando)}` } as const;
  return comando.grupo === GRUPO_DO_DONO ? { ...erro, doDono: true } : erro;
}

/** Se a linha traz uma senha, que só se digita onde não se mostra: essa linha não se guarda. */
export function trazSenha(linha: string): boolean {
  if (!/^\/[^/]/u.test(linha)) return false;
  const { resto, dado, comando } = partir(linha);
  return resto !== '' && (comando?.nome ?? comandoParecido(dado)) === 'senha';
}

function partir(linha: string) {
  const [, nome = '', resto = ''] = /^\/(\S*)\s*(.*)$/su.exec(linha) ?? [];
  const dado = semAcentos(nome);
  const comando = COMANDOS.find((um) => um.nome === (DE_OUTROS_CHATS.get(dado) ?? dado));
  return { nome, resto: resto.trim(), dado, comando };
}

function comandoParecido(dado: string): string | undefined {
  return maisParecido(
    dado,
    COMANDOS.map((um) => um.nome),
  );
}

export function usoDe({ nome, uso }: Comando): string {
  return uso === '' ? `/${nome}` : `/${nome} ${uso}`;
}
