/** Os leases → uma lâmina por endpoint na faixa do binder, que se afina até a renovação, e os segundos que lhe restam. */

import type { Historia } from '../historia.ts';
import type { Lease } from '../tabela-de-leases.ts';
import type { Forma } from './formas.ts';
import type { Palco } from './palco.ts';

const LARGURA_DA_LAMINA = 16;
const ENTRE_LAMINAS = 4;
/** Quantas lâminas cabem lado a lado; as outras se desenham por cima delas. */
const LAMINAS_LADO_A_LADO = 4;
/** Da faixa do binder até a primeira lâmina, e da última até os rótulos. */
const MARGEM = 10;
const ALTURA_DO_ROTULO = 18;

/** @param agoraMs até onde a história se mostra */
export function desenharLeases(
  historia: Historia,
  palco: Palco,
  deMs: number,
  ateMs: number,
  agoraMs: number,
): Forma[] {
  const leases = historia.leasesEntre(deMs, ateMs);
  const vivos = leases.filter(({ desdeMs, fimMs = Infinity }) => desdeMs <= agoraMs && fimMs > agoraMs);
  const laminas = leases.flatMap((lease, indice) =>
    desenharLamina(lease, indice, palco, contadoAte(historia, lease, agoraMs)),
  );
  const colunas = Math.min(LAMINAS_LADO_A_LADO, leases.length);
  // Um embaixo do outro: lado a lado, os segundos de dois servidores ficariam por cima uns dos outros.
  const rotulos = vivos.flatMap((lease, indice) => {
    const y = Math.min(palco.y(contadoAte(historia, lease, agoraMs)), palco.altura);
    if (y <= 0) return [];
    const texto = rotuloDo(lease, historia, agoraMs, vivos.length > 1);
    const x = xDaLamina(lease, colunas, palco) + 2;
    const acima = (vivos.length - 1 - indice) * ALTURA_DO_ROTULO;
    return [{ tipo: 'texto', x, y: y - 4 - acima, texto, tinta: 'lease', alinhado: 'esquerda' } as const];
  });
  return [...laminas, ...rotulos];
}

/**
 * Até quando se sabe de um lease: um binder morto não conta mais nada.
 * @returns em ms desde 1970
 */
export function contadoAte(historia: Historia, { binder }: Lease, instanteMs: number): number {
  const estado = historia.estadoEm(binder, instanteMs);
  return estado?.estado === 'morto' ? estado.desdeMs : instanteMs;
}

/** @returns os segundos que faltam para o lease vencer, arredondados para cima; 0 quando já passou */
export function segundosQueRestam({ ttl_s, renovacoesMs }: Lease, instanteMs: number): number {
  if (ttl_s === null) return Number.POSITIVE_INFINITY;
  const renovadoMs = renovacoesMs.findLast((ms) => ms <= instanteMs) ?? instanteMs;
  return Math.max(0, Math.ceil(ttl_s - (instanteMs - renovadoMs) / 1000));
}

function xDaLamina({ binder }: Lease, coluna: number, palco: Palco): number {
  return palco.x(binder) + MARGEM + coluna * (LARGURA_DA_LAMINA + ENTRE_LAMINAS);
}

function rotuloDo(lease: Lease, historia: Historia, agoraMs: number, comNome: boolean): string {
  const resta = segundosQueRestam(lease, contadoAte(historia, lease, agoraMs));
  const prazo = Number.isFinite(resta) ? `${resta} s` : 'sem prazo';
  if (!comNome) return prazo;
  const dono = historia.faixas().find(({ endereco }) => endereco === lease.endpoint)?.nome ?? lease.endpoint;
  return `${dono}: ${prazo}`;
}

/** O que resta do lease em cada instante: uma lâmina que se afina até a renovação seguinte. */
function desenharLamina(lease: Lease, indice: number, palco: Palco, agoraMs: number): Forma[] {
  const x = xDaLamina(lease, indice % LAMINAS_LADO_A_LADO, palco);
  const fimMs = Math.min(lease.fimMs ?? agoraMs, agoraMs);
  const formas: Forma[] = [];
  for (const [i, inicioMs] of lease.renovacoesMs.entries()) {
    const ateMs = Math.min(lease.renovacoesMs[i + 1] ?? fimMs, fimMs);
    const [yInicio, yFim] = [palco.y(inicioMs), palco.y(ateMs)];
    if (ateMs < inicioMs || yFim < 0 || yInicio > palco.altura) continue;
    const preenchida = lease.ttl_s === null ? 'vazada' : 'cheia';
    const resta = (ms: number) => (lease.ttl_s === null ? 1 : Math.max(0, 1 - (ms - inicioMs) / (lease.ttl_s * 1000)));
    const pontos = [
      [x, yInicio],
      [x + LARGURA_DA_LAMINA * resta(inicioMs), yInicio],
      [x + LARGURA_DA_LAMINA * resta(ateMs), yFim],
      [x, yFim],
    ] as const;
    formas.push({ tipo: 'area', pontos, tinta: 'lease', preenchida });
  }
  const y = palco.y(fimMs);
  if (lease.motivo === 'vencido' && (lease.fimMs ?? 0) <= agoraMs && y > 0 && y < palco.altura) {
    formas.push({ tipo: 'cruz', x: x + 4, y, tinta: 'lease' });
  }
  return formas;
}
