/** A história num período → formas a desenhar, na ordem em que se pintam. */

import type { Chamada, Faixa, Historia } from '../historia.ts';
import { desenharChamada } from './desenho-da-chamada.ts';
import { desenharLeases } from './desenho-dos-leases.ts';
import { EntreQuadros } from './entre-quadros.ts';
import { type Forma, retangulo } from './formas.ts';
import { Palco, type Vista } from './palco.ts';

/**
 * @param agoraMs até onde a história se mostra: o que está em andamento acaba nele
 * @param entreQuadros o mesmo de um quadro ao seguinte
 * @param escolhida a chamada que se desenha mesmo por cima de outra igual
 */
export function desenhar(
  historia: Historia,
  vista: Vista,
  agoraMs: number,
  entreQuadros = new EntreQuadros(),
  escolhida?: string,
): Forma[] {
  const { rotulos, sobrepostas } = entreQuadros;
  const faixas = historia.faixasDesde(vista.deMs);
  const palco = new Palco(faixas, vista);
  const formas = faixas.flatMap((faixa) => vidaDa(faixa, palco, agoraMs));
  formas.push(...desenharLeases(historia, palco, vista.deMs, vista.ateMs, agoraMs));
  const nomes = new Map(faixas.map(({ id, nome }) => [id, nome]));
  const nomeDe = (faixa: string | undefined) => nomes.get(faixa ?? '') ?? 'outro programa';
  sobrepostas.comecar(vista);
  for (const chamada of historia.chamadasEntre(vista.deMs, Math.min(vista.ateMs, agoraMs))) {
    if (sobrepostas.tem(chamada) && chamada.id !== escolhida) continue;
    const comoSeVe = comoEstava(chamada, agoraMs);
    const desenhadas = desenharChamada(comoSeVe, palco, agoraMs);
    formas.push(...desenhadas, ...rotulos.daChamada(chamada, comoSeVe, desenhadas, palco, nomeDe));
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
