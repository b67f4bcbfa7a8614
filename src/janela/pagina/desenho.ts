/** A história num período → formas a desenhar, na ordem em que se pintam. */

import { desenharChamada } from './desenho-da-chamada.ts';
import { type Forma, retangulo } from './formas.ts';
import type { Chamada, Faixa, Historia, Lease } from './historia.ts';
import { Palco, type Vista } from './palco.ts';
import { Rotulos } from './rotulos.ts';

const LARGURA_DO_LEASE = 16;

/**
 * @param agoraMs até onde a história se mostra: o que está em andamento acaba nele
 * @param rotulos onde já há um nome escrito; o mesmo de um quadro ao seguinte, para que nenhum nome pisque
 * @param escolhida a chamada que se desenha mesmo por cima de outra igual
 */
export function desenhar(
  historia: Historia,
  vista: Vista,
  agoraMs: number,
  rotulos = new Rotulos(),
  escolhida?: string,
): Forma[] {
  const faixas = historia.faixas();
  const palco = new Palco(faixas, vista);
  const formas = faixas.flatMap((faixa) => vidaDa(faixa, palco, agoraMs));
  for (const [indice, lease] of historia.leasesEntre(vista.deMs, vista.ateMs).entries()) {
    formas.push(...desenharLease(lease, indice, palco, agoraMs));
  }
  const sobrepostas = new Sobrepostas(vista);
  for (const chamada of historia.chamadasEntre(vista.deMs, Math.min(vista.ateMs, agoraMs))) {
    if (sobrepostas.tem(chamada) && chamada.id !== escolhida) continue;
    const comoSeVe = comoEstava(chamada, agoraMs);
    const desenhadas = desenharChamada(comoSeVe, palco, agoraMs);
    formas.push(...desenhadas, ...rotulos.daChamada(chamada, comoSeVe, desenhadas, palco));
  }
  return formas;
}

function vidaDa({ id, estados, desdeMs }: Faixa, palco: Palco, agoraMs: number): Forma[] {
  const x = palco.x(id);
  return estados.flatMap(({ estado, desdeMs: inicioMs }, indice) => {
    const y1 = Math.max(0, palco.y(indice === 0 ? desdeMs : inicioMs));
    const y2 = Math.min(palco.altura, palco.y(estados[indice + 1]?.desdeMs ?? Math.min(agoraMs, palco.ateMs)));
    if (y2 <= y1) return [];
    const linha: Forma = {
      tipo: 'linha',
      pontos: [
        [x, y1],
        [x, y2],
      ],
      tinta: estado === 'vivo' ? 'linha' : 'apagado',
      espessura: estado === 'vivo' ? 2 : 1,
      tracejada: estado === 'morto',
    };
    if (estado === 'vivo') return [linha];
    const preenchida = estado === 'congelado' ? 'hachurada' : 'leve';
    return [{ tipo: 'area', pontos: retangulo(x - 22, y1, 44, y2 - y1), tinta: 'apagado', preenchida }, linha];
  });
}

/** O que resta do lease em cada instante: uma lâmina que se afina até a renovação seguinte. */
function desenharLease(lease: Lease, indice: number, palco: Palco, agoraMs: number): Forma[] {
  const x = palco.x(lease.binder) + 10 + (indice % 4) * (LARGURA_DO_LEASE + 4);
  const fimMs = Math.min(lease.fimMs ?? agoraMs, agoraMs);
  const formas: Forma[] = [];
  for (const [i, inicioMs] of lease.renovacoesMs.entries()) {
    const ateMs = Math.min(lease.renovacoesMs[i + 1] ?? fimMs, fimMs);
    if (ateMs < inicioMs || palco.y(ateMs) < 0 || palco.y(inicioMs) > palco.altura) continue;
    const resta = (ms: number) => (lease.ttl_s === null ? 1 : Math.max(0, 1 - (ms - inicioMs) / (lease.ttl_s * 1000)));
    const pontos = [
      [x, palco.y(inicioMs)],
      [x + LARGURA_DO_LEASE * resta(inicioMs), palco.y(inicioMs)],
      [x + LARGURA_DO_LEASE * resta(ateMs), palco.y(ateMs)],
      [x, palco.y(ateMs)],
    ] as const;
    formas.push({ tipo: 'area', pontos, tinta: 'lease', preenchida: lease.ttl_s === null ? 'vazada' : 'cheia' });
  }
  const y = palco.y(fimMs);
  if (lease.motivo === 'vencido' && (lease.fimMs ?? 0) <= agoraMs && y > 0 && y < palco.altura) {
    formas.push({ tipo: 'cruz', x: x + 4, y, tinta: 'lease' });
  }
  if ((lease.fimMs ?? Number.POSITIVE_INFINITY) > agoraMs && y > 0) {
    const texto = lease.ttl_s === null ? 'sem prazo' : `${segundosQueRestam(lease, agoraMs)} s`;
    const onde = { x: x + LARGURA_DO_LEASE + 6, y: Math.min(y, palco.altura) - 4 };
    formas.push({ tipo: 'texto', ...onde, texto, tinta: 'lease', alinhado: 'esquerda' });
  }
  return formas;
}

/** @returns os segundos que faltam para o lease vencer, arredondados para cima; 0 quando já passou */
export function segundosQueRestam({ ttl_s, renovacoesMs }: Lease, instanteMs: number): number {
  if (ttl_s === null) return Number.POSITIVE_INFINITY;
  const renovadoMs = renovacoesMs.findLast((ms) => ms <= instanteMs) ?? instanteMs;
  return Math.max(0, Math.ceil(ttl_s - (instanteMs - renovadoMs) / 1000));
}

/** Quem voltou no tempo não vê o que ainda não tinha acontecido. */
function comoEstava(chamada: Chamada, instanteMs: number): Chamada {
  const { chegouMs = 0, respondeuMs = 0, fimMs } = chamada;
  if (fimMs !== undefined && fimMs <= instanteMs) return chamada;
  return {
    ...chamada,
    chegouMs: chegouMs > instanteMs ? undefined : chamada.chegouMs,
    respondeuMs: respondeuMs > instanteMs ? undefined : chamada.respondeuMs,
    fimMs: undefined,
    falta: undefined,
  };
}

/** De quantos em quantos pixels duas chamadas iguais se veem como duas. */
const ALTURA_DE_UMA_LINHA = 2;

/** Centenas de chamadas por segundo cairiam nos mesmos pixels: de cada grupo de iguais, só a primeira se desenha. */
class Sobrepostas {
  readonly #vistas = new Set<string>();
  readonly #linhaMs: number;

  constructor({ deMs, ateMs, altura }: Vista) {
    this.#linhaMs = ((ateMs - deMs) / Math.max(1, altura)) * ALTURA_DE_UMA_LINHA;
  }

  /** @returns se outra já se desenhou nos mesmos pixels */
  tem({ de, para, procedimento, inicioMs, fimMs, falta, repete }: Chamada): boolean {
    if (falta !== undefined || repete !== undefined) return false;
    const inicio = Math.floor(inicioMs / this.#linhaMs);
    const fim = fimMs === undefined ? '' : Math.floor(fimMs / this.#linhaMs);
    const qual = `${de} ${para} ${procedimento} ${inicio} ${fim}`;
    if (this.#vistas.has(qual)) return true;
    this.#vistas.add(qual);
    return false;
  }
}
