/**
 * As regras puras sobre mensagens: seus textos fixos, e a linha em que se mostram.
 * Esta pasta não faz I/O e não tem relógio.
 */

import type { Mensagem } from '../contract/chat.ts';
import { NOME_DO_SERVIDOR } from '../contract/nomes.ts';

export function textoDeEntrada(nomeUsuario: string): string {
  return `${nomeUsuario} entrou na sala.`;
}

export function textoDeSaida(nomeUsuario: string): string {
  return `${nomeUsuario} saiu da sala.`;
}

export interface Movimento {
  readonly nomeUsuario: string;
  readonly entrou: boolean;
}

/** Quem entrou ou saiu, segundo uma mensagem do servidor; `undefined` se ela não diz isso. */
export function lerMovimento({ origem, conteudo }: Mensagem): Movimento | undefined {
  if (origem !== NOME_DO_SERVIDOR) return undefined;
  const nomeUsuario = conteudo.replace(/ (?:entrou na|saiu da) sala\.$/u, '');
  if (conteudo === textoDeEntrada(nomeUsuario)) return { nomeUsuario, entrou: true };
  return conteudo === textoDeSaida(nomeUsuario) ? { nomeUsuario, entrou: false } : undefined;
}

/**
 * O que um terminal obedeceria ou não mostraria: controles (Cc), formato e direção (Cf), separadores de linha,
 * substitutos soltos (Cs), uso privado (Co) e letras ou marcas sem desenho próprio.
 */
const PERIGOSO = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]`;
const TEM_PERIGOSO = new RegExp(PERIGOSO, 'v');

/** O motor leva uns 10 ms a montar a lista dos emojis: só se monta para o primeiro texto que precise dela. */
let emojiOuPerigoso: RegExp | undefined;

const ESCAPES_CURTOS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapar(caractere: string): string {
  const curto = ESCAPES_CURTOS[caractere];
  if (curto) return curto;
  const codigo = caractere.codePointAt(0) as number;
  return `\\u{${codigo.toString(16).padStart(4, '0')}}`;
}

/** Um emoji composto usa alguns desses caracteres legitimamente: as sequências da lista RGI passam inteiras. */
function escaparPerigosos(texto: string): string {
  emojiOuPerigoso ??= new RegExp(String.raw`(?<emoji>\p{RGI_Emoji})|${PERIGOSO}`, 'gv');
  return texto.replace(emojiOuPerigoso, (trecho, emoji?: string) => emoji ?? escapar(trecho));
}

/**
 * Uma marca no começo, ou depois de um espaço, se penduraria no que a linha tem antes dela. As vogais e consoantes
 * finais do hangul decomposto fazem o mesmo sem ser marcas: só têm lugar seu depois de outra letra de hangul.
 */
const MARCA_SOLTA =
  /(?<=^|\s)(?=\p{M})|(?<![\u25cc\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff]\p{M}*)(?=[\u1160-\u11ff\ud7b0-\ud7ff])/gu;
const CIRCULO_PONTILHADO = '\u25cc';

/** Mais marcas que isto sobre uma letra só servem para invadir as linhas vizinhas. */
const PILHA_DE_MARCAS = /([\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{4})[\p{M}\u1160-\u11ff\ud7b0-\ud7ff]+/gu;

/**
 * O texto como pode ir para um terminal, um log ou um nome de arquivo: tudo o que não se vê é escrito por extenso.
 * @param texto escolhido por outra pessoa
 */
export function tornarVisivel(texto: string): string {
  const semPerigo = TEM_PERIGOSO.test(texto) ? escaparPerigosos(texto) : texto;
  return semPerigo.replace(PILHA_DE_MARCAS, '$1').replace(MARCA_SOLTA, CIRCULO_PONTILHADO);
}

/** A hora de um instante, no fuso de quem formata. */
export function formatarHora(instante: Date): string {
  return [instante.getHours(), instante.getMinutes(), instante.getSeconds()]
    .map((parte) => String(parte).padStart(2, '0'))
    .join(':');
}

/** Como realçar partes da linha; o que se realça já está visível. */
export interface Realce {
  readonly hora: (texto: string) => string;
  /** @param nome como veio, para escolher por ele */
  readonly nome: (texto: string, nome: string) => string;
}

const SEM_REALCE: Realce = { hora: (texto) => texto, nome: (texto) => texto };

/** A linha em que uma mensagem se mostra: `[12:34:56] Pedro: Oi` ou `[12:34:56] Pedro -> Maria: Oi`. */
export function formatarMensagem(mensagem: Mensagem, realce = SEM_REALCE): string {
  return `${realce.hora(`[${formatarHora(new Date(mensagem.timestamp))}]`)} ${formatarSemHora(mensagem, realce)}`;
}

export function formatarSemHora({ origem, destino, tipo, conteudo }: Mensagem, realce = SEM_REALCE): string {
  const nome = (quem: string) => realce.nome(tornarVisivel(quem), quem);
  const quem = tipo === 'unicast' ? `${nome(origem)} -> ${nome(destino)}` : nome(origem);
  return `${quem}: ${tornarVisivel(conteudo)}`;
}
