/** O que se guarda no Redis, como valores daqui. */

import { MENSAGENS_POR_PAGINA, type Mensagem, type Sala } from '../../../contract/chat.ts';
import { type Leitor, lista, texto, tupla } from '../../../redis/resposta.ts';
import { emMensagem, type MensagemGuardada } from '../../mensagem-guardada.ts';

/** Uma sala, como o índice e as sessões a citam. */
export interface SalaCitada {
  readonly id: number;
  readonly nome: string;
  /** O nome como se compara. */
  readonly chave: string;
  /** Só no índice, como a rede de onde foi criada. */
  readonly criador?: Dono;
  readonly rede?: string;
}

/** O dono de uma sala, como o índice e as salas o citam. */
export interface Dono {
  readonly id: number;
  readonly nome: string;
  /** O nome como se compara. */
  readonly chave: string;
}

/** O que o dono de uma sala configurou, como a sala o conta; o que falta é não, ou ninguém. */
export interface DetalhesGuardados {
  readonly donoId?: string;
  readonly dono?: string;
  readonly topico?: string;
  readonly temSenha?: boolean;
  readonly silenciada?: boolean;
  readonly permanente?: boolean;
}

/** Como a sala se contou: quem está nela, e o que o dono configurou, em JSON. */
export type Situacao = readonly [
  mudancas: number,
  quantos: number,
  vaziaDesde: number,
  revisao: number,
  configurado: string,
];

export function emSala(nomeSala: string, usuarios: number, detalhes: DetalhesGuardados): Sala {
  const { dono = null, topico = null, temSenha = false, silenciada = false, permanente = false } = detalhes;
  return { nomeSala, dono, topico, temSenha, silenciada, permanente, usuarios };
}

export interface Movimento {
  readonly tipo: 'entrar' | 'sair' | 'expulsar' | 'encerrar';
  readonly numero: number;
  /** Até quando vale, no relógio dos dados. */
  readonly ate: number;
  readonly destino?: SalaCitada;
}

/** Uma sessão, como é guardada. */
export interface SessaoGuardada {
  readonly nome: string;
  readonly hash: string;
  readonly confirmada?: boolean;
  readonly sala?: SalaCitada;
  readonly movimento?: Movimento;
}

/** A sessão com o movimento que se começou ou assumiu. */
export interface SessaoEmMovimento extends SessaoGuardada {
  readonly movimento: Movimento;
}

const lerEntrada = tupla(texto, lista(texto));

/** Uma entrada de um fluxo: o id, e campo e valor seguidos. */
export const mensagemDoFluxo: Leitor<MensagemGuardada> = (resposta) => {
  const [id, [, origem = '', , destino = '', , conteudo = '', , instante = '0']] = lerEntrada(resposta);
  return [Number.parseInt(id, 10), origem, destino || null, conteudo, Number(instante)];
};

/** As primeiras de alguns fluxos, da mais antiga à mais nova. */
export function juntarPrimeiras(sala: string, ...fluxos: readonly (readonly MensagemGuardada[])[]): Mensagem[] {
  return emMensagens(sala, porId(fluxos).slice(0, MENSAGENS_POR_PAGINA));
}

/**
 * As últimas que se disseram, e entre elas a entrada de quem lê, da mais antiga à mais nova.
 * @param entrada uma, ou nenhuma
 */
export function juntarUltimas(
  sala: string,
  deTodos: readonly MensagemGuardada[],
  privadas: readonly MensagemGuardada[],
  entrada: readonly MensagemGuardada[],
): Mensagem[] {
  return emMensagens(sala, porId([porId([deTodos, privadas]).slice(-MENSAGENS_POR_PAGINA), entrada]));
}

function porId(fluxos: readonly (readonly MensagemGuardada[])[]): MensagemGuardada[] {
  return fluxos.flat().sort(([uma], [outra]) => uma - outra);
}

function emMensagens(sala: string, guardadas: readonly MensagemGuardada[]): Mensagem[] {
  return guardadas.map((guardada) => emMensagem(guardada, sala));
}

/** A mensagem que uma chave de repetição guarda, em JSON. */
export function mensagemDaChave(guardada: string): Mensagem {
  const { id, sala, origem, destino, conteudo, instante } = JSON.parse(guardada);
  return emMensagem([Number(id), origem, destino || null, conteudo, Number(instante)], sala);
}

/** Por code points, que em UTF-8 é a ordem dos bytes. */
export function emOrdem(nomes: readonly string[]): string[] {
  return nomes
    .map((nome) => Buffer.from(nome))
    .sort(Buffer.compare)
    .map((bytes) => bytes.toString());
}
