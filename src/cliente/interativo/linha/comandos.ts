/**
 * Os comandos da linha de conversa, numa tabela só: dela saem a ajuda, a conclusão com Tab e a validação.
 * Tudo aqui é puro: um texto vira uma intenção, e quem a cumpre é outro.
 */

import { tornarVisivel } from '../../../dominio/visivel.ts';
import { lerDestinatario } from './destinatario.ts';

export const QUANDO_TOCAR = ['off', 'mencao', 'tudo'] as const;
export type QuandoTocar = (typeof QUANDO_TOCAR)[number];

type ComNome = 'usuarios' | 'entrar' | 'criar' | 'ignorar';
type SemArgumento = 'ajuda' | 'salas' | 'sair' | 'menu' | 'silenciar' | 'hora' | 'encerrar';

/** O que a pessoa quis dizer com uma linha. */
export type Intencao =
  | { readonly tipo: 'dizer'; readonly texto: string }
  | { readonly tipo: 'privada'; readonly destinatario: string; readonly texto: string }
  | { readonly tipo: 'responder'; readonly texto: string }
  | { readonly tipo: ComNome; readonly nome: string }
  | { readonly tipo: 'historico'; readonly quantas: number }
  | { readonly tipo: 'sino'; readonly quando: QuandoTocar }
  | { readonly tipo: SemArgumento }
  /** Nada foi feito; o texto fica na linha. `motivo` já sem nada que um terminal obedeceria */
  | { readonly tipo: 'erro'; readonly motivo: string };

/** O que um argumento é, para concluí-lo com Tab. */
export type Argumento = 'usuario' | 'sala' | 'sino' | 'nenhum';

export interface Comando {
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
  semArgumento('ajuda', 'mostra os comandos'),
  comNome('usuarios', '[sala]', 'quem está nesta sala, ou em outra', 'sala'),
  semArgumento('salas', 'as salas abertas'),
  comNome('entrar', 'sala', 'entra em outra sala', 'sala'),
  comNome('criar', 'sala', 'cria uma sala e entra nela', 'nenhum'),
  semArgumento('sair', 'sai da sala'),
  semArgumento('menu', 'volta ao menu, como a linha vazia'),
  {
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
  comNome(
    'ignorar',
    '[nome]',
    'esconde o que alguém diz, ou volta a mostrar; sem nome, lista quem está escondido',
    'usuario',
  ),
  semArgumento('silenciar', 'esconde os avisos de quem entra e sai, ou volta a mostrar'),
  {
    nome: 'sino',
    uso: QUANDO_TOCAR.join('|'),
    descricao: 'off: nunca toca; mencao: quando falam com você; tudo: a cada mensagem',
    argumento: 'sino',
    ler: (resto) => {
      const quando = QUANDO_TOCAR.find((opcao) => opcao === simplificar(resto));
      return quando && { tipo: 'sino', quando };
    },
  },
  semArgumento('hora', 'diz que horas são; esconde a hora das mensagens, ou volta a mostrar'),
  {
    nome: 'msg',
    uso: 'nome texto',
    descricao: 'mensagem privada, como @nome texto',
    argumento: 'usuario',
    ler: lerPrivada,
  },
  {
    nome: 'r',
    uso: 'texto',
    descricao: 'responde à última mensagem privada',
    argumento: 'nenhum',
    ler: (texto) => (texto === '' ? undefined : { tipo: 'responder', texto }),
  },
  semArgumento('encerrar', 'termina a sessão e sai'),
];

function semArgumento(nome: SemArgumento, descricao: string): Comando {
  const ler = (resto: string): Intencao | undefined => (resto === '' ? { tipo: nome } : undefined);
  return { nome, uso: '', descricao, argumento: 'nenhum', ler };
}

function comNome(nome: ComNome, uso: string, descricao: string, argumento: Argumento): Comando {
  const opcional = uso.startsWith('[');
  const ler = (resto: string): Intencao | undefined =>
    resto === '' && !opcional ? undefined : { tipo: nome, nome: semAspas(resto) };
  return { nome, uso, descricao, argumento, ler };
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
  const [, nome = '', resto = ''] = /^\/(\S*)\s*(.*)$/su.exec(linha) ?? [];
  const comando = COMANDOS.find((um) => um.nome === simplificar(nome));
  if (comando) return comando.ler(resto.trim(), usuarios) ?? { tipo: 'erro', motivo: `Use: ${usoDe(comando)}` };
  const parecido = maisParecido(simplificar(nome));
  const sugestao = parecido ? `você quis dizer /${parecido.nome}?` : 'veja /ajuda.';
  return { tipo: 'erro', motivo: `Não há o comando /${tornarVisivel(nome)}; ${sugestao}` };
}

export function usoDe({ nome, uso }: Comando): string {
  return uso === '' ? `/${nome}` : `/${nome} ${uso}`;
}

/** A ajuda, linha por linha. */
export function ajuda(): string[] {
  return [
    'Enter envia; a linha vazia volta ao menu. Tab completa; a seta para cima traz o que você já enviou.',
    ...COMANDOS.map((comando) => `  ${usoDe(comando)}: ${comando.descricao}`),
    '  @nome texto: mensagem privada (um nome com espaços pode ir entre aspas)',
    '  //texto: envia um texto que começa com barra',
  ];
}

function semAspas(texto: string): string {
  return /^"(.*)"$/su.exec(texto)?.[1] ?? texto;
}

/** `/Histórico` é `/historico`. */
export function simplificar(texto: string): string {
  return texto.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Erros de digitação até este ponto ainda dizem o que se quis. */
const DISTANCIA_MAXIMA = 2;

function maisParecido(digitado: string): Comando | undefined {
  if (digitado === '') return undefined;
  const comecam = COMANDOS.filter(({ nome }) => nome.startsWith(digitado));
  if (comecam.length > 0) return comecam[0];
  const [melhor] = COMANDOS.map((comando) => ({ comando, distancia: distanciaEntre(digitado, comando.nome) }))
    .filter(({ distancia, comando }) => distancia <= DISTANCIA_MAXIMA && distancia < comando.nome.length)
    .sort((a, b) => a.distancia - b.distancia);
  return melhor?.comando;
}

/** Quantas letras trocar, pôr ou tirar (Levenshtein). */
function distanciaEntre(a: string, b: string): number {
  let anterior = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const atual = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const troca = (anterior[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      atual.push(Math.min(troca, (anterior[j] as number) + 1, (atual[j - 1] as number) + 1));
    }
    anterior = atual;
  }
  return anterior[b.length] as number;
}
