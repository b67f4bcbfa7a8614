/** O que o modelo sabe do mundo, só em dados, e como ele muda: por quem entra e sai, e pelo tempo. */

import type { Mensagem } from '../../suporte/pessoas.ts';
import type { MensagemEsperada, SalaEsperada } from './mensagens-esperadas.ts';
import { mesmoNome, nomeGuardado } from './nomes-do-contrato.ts';

const USUARIO_AUSENTE_MS = 60_000;
const SESSAO_EXPIRA_MS = 1_800_000;
const REGISTRO_SEM_CHAMADA_MS = 300_000;
const SALA_INATIVA_MS = 300_000;

export interface Sala extends SalaEsperada {
  viva: boolean;
  vaziaDesdeMs: number;
  /** A sessão de quem ela é. */
  dono: number | undefined;
  topico: string | null;
  senha: string | undefined;
  silenciada: boolean;
  permanente: boolean;
  /** As sessões que o dono silenciou. */
  readonly silenciados: Set<number>;
  readonly expulsos: Expulso[];
}

/** Quem usa esse nome não entra. */
export interface Expulso {
  readonly nome: string;
  readonly duracaoMs: number;
  ateMs: number;
  /** O mesmo instante, na hora de quando se expulsou. */
  readonly ateHoraMs: number | undefined;
}

export interface Sessao {
  readonly nome: string;
  viva: boolean;
  sala: number | undefined;
  /** Quantas entradas houve, na história inteira, antes da sua na sala em que está. */
  entrada: number;
  /** Idempotency key → a resposta da primeira vez. */
  readonly chaves: Map<string, Mensagem>;
  readonly nasceuMs: number;
  ultimaMs: number;
  confirmada: boolean;
  /** Quando se enganou numa senha, desde a última partida do servidor. */
  senhasErradasMs: number[];
  /** Envios que contam para o limite, desde que o relógio andou. */
  enviosAgora: number;
}

export interface Estado {
  agoraMs: number;
  horaMs: number | undefined;
  /** 0 para nenhum. */
  readonly limiteDeMensagens: number;
  readonly sessoes: Sessao[];
  readonly salas: Sala[];
  entradas: number;
  /** O que acontece ao mesmo tempo: numa varredura, ou em chamadas simultâneas. */
  instante: number;
  aoMesmoTempo: boolean;
}

export function estadoInicial(limiteDeMensagens: number, horaMs: number | undefined): Estado {
  return {
    agoraMs: 0,
    horaMs,
    limiteDeMensagens,
    sessoes: [],
    salas: [],
    entradas: 0,
    instante: 0,
    aoMesmoTempo: false,
  };
}

export function copiar(estado: Estado): Estado {
  return structuredClone(estado);
}

export function criar(estado: Estado, nomeSala: string, dono: number): void {
  const anteriores = estado.salas.filter(({ nome }) => mesmoNome(nome, nomeSala));
  const depoisDe = Math.max(-1, ...anteriores.flatMap(({ mensagens }) => mensagens.map(({ id }) => id ?? -1)));
  estado.salas.push({
    nome: nomeGuardado(nomeSala),
    viva: true,
    mensagens: [],
    depoisDe,
    vaziaDesdeMs: estado.agoraMs,
    dono,
    topico: null,
    senha: undefined,
    silenciada: false,
    permanente: false,
    silenciados: new Set(),
    expulsos: [],
  });
}

export function entrar(estado: Estado, quem: number, sala: number): void {
  sair(estado, quem);
  const sessao = estado.sessoes[quem] as Sessao;
  sessao.sala = sala;
  sessao.entrada = estado.entradas;
  estado.entradas += 1;
  anunciar(estado, sala, `${(estado.sessoes[quem] as Sessao).nome} entrou na sala.`, { quem, entrou: true });
  if ((estado.salas[sala] as Sala).dono === undefined) dar(estado, sala, quem);
}

export function sair(estado: Estado, quem: number): void {
  const sessao = estado.sessoes[quem] as Sessao;
  if (sessao.sala === undefined) return;
  anunciar(estado, sessao.sala, `${sessao.nome} saiu da sala.`, { quem, entrou: false });
  deixar(estado, sessao);
}

/** Sai da sala sem que se diga. */
export function deixar(estado: Estado, sessao: Sessao): void {
  const { sala } = sessao;
  sessao.sala = undefined;
  if (sala === undefined || nomesNaSala(estado, sala).length > 0) return;
  (estado.salas[sala] as Sala).vaziaDesdeMs = estado.agoraMs;
}

export function encerrar(estado: Estado, quem: number): void {
  sair(estado, quem);
  (estado.sessoes[quem] as Sessao).viva = false;
  for (const [indice, sala] of estado.salas.entries()) {
    if (sala.viva && sala.dono === quem) dar(estado, indice, maisAntigo(estado, indice));
  }
}

export function dar(estado: Estado, sala: number, dono: number | undefined): void {
  (estado.salas[sala] as Sala).dono = dono;
  if (dono !== undefined) anunciar(estado, sala, `A sala agora é de ${(estado.sessoes[dono] as Sessao).nome}.`);
}

/** Quem está na sala há mais tempo. */
function maisAntigo(estado: Estado, sala: number): number | undefined {
  const presentes = [...estado.sessoes.entries()].filter(([, sessao]) => sessao.viva && sessao.sala === sala);
  return presentes.sort(([, uma], [, outra]) => uma.entrada - outra.entrada)[0]?.[0];
}

export function anunciar(
  estado: Estado,
  sala: number,
  conteudo: string,
  passagem?: MensagemEsperada['passagem'],
): void {
  (estado.salas[sala] as Sala).mensagens.push({
    id: undefined,
    tipo: 'broadcast',
    origem: 'SERVER',
    destino: 'todos',
    conteudo,
    timestamp: timestampDe(estado),
    visivelPara: 'todos',
    juntas: estado.aoMesmoTempo ? estado.instante : undefined,
    ...(passagem === undefined ? {} : { passagem }),
  });
}

/** O servidor parou e voltou: os prazos recomeçam, e o que foi reconhecido está lá. */
export function reiniciar(estado: Estado): void {
  for (const sessao of estado.sessoes) {
    sessao.ultimaMs = estado.agoraMs;
    (sessao as { nasceuMs: number }).nasceuMs = estado.agoraMs;
    sessao.enviosAgora = 0;
    sessao.senhasErradasMs = [];
  }
  for (const sala of estado.salas) {
    sala.vaziaDesdeMs = estado.agoraMs;
    for (const expulso of sala.expulsos) recontar(estado, expulso);
  }
}

/** Parado, o servidor só tem a hora: se alguém a acertou, a expulsão nem por isso dura mais do que se disse. */
function recontar({ agoraMs, horaMs }: Estado, expulso: Expulso): void {
  if (horaMs === undefined || expulso.ateHoraMs === undefined) return;
  expulso.ateMs = agoraMs + Math.min(expulso.ateHoraMs - horaMs, expulso.duracaoMs);
}

/** O tempo passa; o que venceu só acaba em `varrer`. */
export function avancar(estado: Estado, ms: number): void {
  estado.agoraMs += ms;
  if (estado.horaMs !== undefined) estado.horaMs += ms;
  for (const sessao of estado.sessoes) sessao.enviosAgora = 0;
}

export function anotarPresenca(estado: Estado, quem: number): void {
  const sessao = estado.sessoes[quem];
  if (sessao?.viva) sessao.ultimaMs = estado.agoraMs;
}

/** O que acaba por si, acabou. */
export function varrer(estado: Estado): void {
  comecarInstante(estado, true);
  for (const [quem, sessao] of estado.sessoes.entries()) {
    if (!sessao.viva) continue;
    const caladaMs = estado.agoraMs - sessao.ultimaMs;
    const nuncaChamou = !sessao.confirmada && estado.agoraMs - sessao.nasceuMs >= REGISTRO_SEM_CHAMADA_MS;
    if (nuncaChamou || caladaMs >= SESSAO_EXPIRA_MS) encerrar(estado, quem);
    else if (caladaMs >= USUARIO_AUSENTE_MS) sair(estado, quem);
  }
  for (const [indice, sala] of estado.salas.entries()) {
    const vazia = sala.viva && !sala.permanente && nomesNaSala(estado, indice).length === 0;
    if (vazia && estado.agoraMs - sala.vaziaDesdeMs >= SALA_INATIVA_MS) sala.viva = false;
  }
}

/** @param aoMesmoTempo se a ordem do que vem até o próximo instante só se saberá ao vê-la */
export function comecarInstante(estado: Estado, aoMesmoTempo: boolean): void {
  estado.instante += 1;
  estado.aoMesmoTempo = aoMesmoTempo;
}

export function salaDeNome(estado: Estado, nome: string): number | undefined {
  const indice = estado.salas.findIndex((sala) => sala.viva && mesmoNome(sala.nome, nome));
  return indice < 0 ? undefined : indice;
}

export function nomesNaSala(estado: Estado, sala: number): string[] {
  return estado.sessoes
    .filter((sessao) => sessao.viva && sessao.sala === sala)
    .map(({ nome }) => nome)
    .sort(porCodePoint);
}

export function timestampDe({ horaMs }: Estado): string | undefined {
  return horaMs === undefined ? undefined : new Date(horaMs).toISOString();
}

export function porCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
