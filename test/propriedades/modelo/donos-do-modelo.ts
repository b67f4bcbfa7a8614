/** A seção 5 do contrato em miniatura: o que o dono faz na sua sala, e o que isso muda para quem fala e para quem entra. */

import type { Sala as SalaDoContrato } from '../../../src/contract/chat.ts';
import { type Esperado, igual } from './discordancia.ts';
import { anunciar, dar, deixar, type Estado, type Expulso, nomesNaSala, type Sala, type Sessao } from './estado.ts';
import { mesmoNome, nomeGuardado } from './nomes-do-contrato.ts';

const UM_MINUTO_MS = 60_000;
const MINUTOS_SE_NAO_SE_DIZ = 10;
const SENHAS_ERRADAS_POR_MINUTO = 10;

type Params = Readonly<Record<string, unknown>>;

interface Ato {
  readonly quem: number;
  readonly indice: number | undefined;
}

export function detalhesDe(estado: Estado, indice: number): SalaDoContrato {
  const { nome, dono, topico, senha, silenciada, permanente } = estado.salas[indice] as Sala;
  return {
    nomeSala: nome,
    dono: dono === undefined ? null : (estado.sessoes[dono] as Sessao).nome,
    topico,
    temSenha: senha !== undefined,
    silenciada,
    permanente,
    usuarios: nomesNaSala(estado, indice).length,
  };
}

export function podeFalar(estado: Estado, sala: Sala, quem: number, para: string | null | undefined): boolean {
  if (sala.dono === quem || !(sala.silenciada || sala.silenciados.has(quem))) return true;
  const dono = sala.dono === undefined ? undefined : estado.sessoes[sala.dono];
  return dono !== undefined && para != null && mesmoNome(dono.nome, para);
}

/** @returns a recusa, se não pode entrar; uma senha errada fica contada */
export function exigirEntrada(
  estado: Estado,
  quem: number,
  indice: number,
  senha: string | null | undefined,
): Esperado | undefined {
  const sessao = estado.sessoes[quem] as Sessao;
  const sala = estado.salas[indice] as Sala;
  if (sessao.sala === indice) return undefined;
  const expulso = expulsoDe(estado, sala, sessao.nome);
  if (expulso) return { erro: 2011, ...quantoFalta(estado, expulso) };
  if (sala.senha === undefined || sala.dono === quem) return undefined;
  const recentes = sessao.senhasErradasMs.filter((erradaMs) => erradaMs > estado.agoraMs - UM_MINUTO_MS);
  if (recentes.length >= SENHAS_ERRADAS_POR_MINUTO) return { erro: 2008 };
  if (senha != null && senha.normalize('NFC') === sala.senha) return undefined;
  sessao.senhasErradasMs = [...recentes, estado.agoraMs];
  return { erro: 2012 };
}

/** Só se sabe ao milissegundo com o relógio nas mãos do teste. */
function quantoFalta({ agoraMs, horaMs }: Estado, { ateMs }: Expulso) {
  return horaMs === undefined ? {} : { tenteEmMs: ateMs - agoraMs };
}

function expulsoDe({ agoraMs }: Estado, { expulsos }: Sala, nome: string): Expulso | undefined {
  return expulsos.findLast((expulso) => mesmoNome(expulso.nome, nome) && expulso.ateMs > agoraMs);
}

export function decidirComoDono(
  estado: Estado,
  method: string,
  params: Params,
  { quem, indice }: Ato,
  result: unknown,
): Esperado {
  const sala = indice === undefined ? undefined : estado.salas[indice];
  if (!sala || indice === undefined) return { erro: 2005 };
  if (method === 'detalhar_sala') {
    return { sucesso: () => igual(result, detalhesDe(estado, indice), 'a sala') };
  }
  if (sala.dono !== quem) return { erro: 2010 };
  if (method === 'configurar_sala') {
    return {
      sucesso: () => {
        configurar(estado, indice, params);
        igual(result, detalhesDe(estado, indice), 'a sala configurada');
      },
    };
  }
  const feito = (agir: () => void): Esperado => ({
    sucesso: () => {
      igual(result, true, method);
      agir();
    },
  });
  const alvo = params['alvo'] as string;
  const presente = quemNaSala(estado, indice, alvo);
  const ehODono = mesmoNome(alvo, (estado.sessoes[quem] as Sessao).nome);
  switch (method) {
    case 'passar_sala':
      if (presente === undefined) return { erro: 2007 };
      return feito(() => presente !== quem && dar(estado, indice, presente));
    case 'silenciar_usuario':
      if (ehODono) return { erro: 2010 };
      if (presente === undefined) return { erro: 2007 };
      return feito(() => silenciar(estado, indice, presente, params['silenciado'] as boolean));
    case 'expulsar_usuario':
      if (ehODono) return { erro: 2010 };
      if (presente === undefined && !expulsoDe(estado, sala, alvo)) return { erro: 2007 };
      return feito(() => expulsar(estado, indice, alvo, (params['minutos'] ?? MINUTOS_SE_NAO_SE_DIZ) as number));
    default:
      throw new Error(`o modelo não conhece ${method}`);
  }
}

function quemNaSala(estado: Estado, sala: number, nome: string): number | undefined {
  const quem = estado.sessoes.findIndex((outra) => outra.viva && outra.sala === sala && mesmoNome(outra.nome, nome));
  return quem < 0 ? undefined : quem;
}

function configurar(estado: Estado, indice: number, params: Params): void {
  const sala = estado.salas[indice] as Sala;
  const { nome } = estado.sessoes[sala.dono as number] as Sessao;
  const { topico, senha, silenciada, permanente } = params as {
    topico?: string | null;
    senha?: string | null;
    silenciada?: boolean | null;
    permanente?: boolean | null;
  };
  if (topico != null && topico !== (sala.topico ?? '')) {
    sala.topico = topico || null;
    anunciar(estado, indice, topico === '' ? `${nome} tirou o tópico.` : `${nome} mudou o tópico: ${topico}`);
  }
  if (senha != null) sala.senha = senha.normalize('NFC') || undefined;
  if (silenciada != null && silenciada !== sala.silenciada) {
    sala.silenciada = silenciada;
    anunciar(estado, indice, silenciada ? 'A sala foi silenciada.' : 'A sala pode falar de novo.');
  }
  if (permanente != null && permanente !== sala.permanente) {
    sala.permanente = permanente;
    // A que deixa de ser permanente tem um prazo inteiro.
    sala.vaziaDesdeMs = estado.agoraMs;
  }
}

function silenciar(estado: Estado, indice: number, alvo: number, silenciado: boolean): void {
  const { silenciados } = estado.salas[indice] as Sala;
  if (silenciados.has(alvo) === silenciado) return;
  if (silenciado) silenciados.add(alvo);
  else silenciados.delete(alvo);
  const { nome } = estado.sessoes[alvo] as Sessao;
  anunciar(estado, indice, silenciado ? `${nome} foi silenciado.` : `${nome} pode falar de novo.`);
}

function expulsar(estado: Estado, indice: number, alvo: string, minutos: number): void {
  const { expulsos } = estado.salas[indice] as Sala;
  const duracaoMs = minutos * UM_MINUTO_MS;
  const outros = expulsos.filter(({ nome }) => !mesmoNome(nome, alvo));
  const ateHoraMs = estado.horaMs === undefined ? undefined : estado.horaMs + duracaoMs;
  const novo = { nome: nomeGuardado(alvo), duracaoMs, ateMs: estado.agoraMs + duracaoMs, ateHoraMs };
  expulsos.splice(0, expulsos.length, ...outros, ...(minutos > 0 ? [novo] : []));
  const quem = quemNaSala(estado, indice, alvo);
  if (quem === undefined) return;
  const sessao = estado.sessoes[quem] as Sessao;
  anunciar(estado, indice, `${sessao.nome} foi expulso da sala.`);
  deixar(estado, sessao);
}
