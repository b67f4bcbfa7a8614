/** Uma chamada → a seta que vai, a que volta, a espera entre as duas, e o ✕ do que não chegou. */

import type { Chamada } from '../historia.ts';
import { type Forma, retangulo, tintaDe } from './formas.ts';
import type { Palco } from './palco.ts';

/** Uma chamada na mesma máquina leva 1 ms: sem isto, a ida e a volta seriam a mesma linha. Em pixels. */
const DESCIDA = 16;
const PAUSA = 5;
/** Quem espera mais que isto pela resposta aparece como uma barra, em ms. */
const ESPERA_VISIVEL_MS = 250;
const LARGURA_DA_ESPERA = 7;
/** Uma seta que não chegou para a isto de quem a esperava, em pixels: longe dos outros processos, e fora da faixa dele. */
const FALTOU = 34;

/** Os pontos por onde uma chamada passa, já afastados o bastante para que se veja a ida e a volta. */
interface Percurso {
  readonly de: number;
  readonly para: number;
  readonly yInicio: number;
  readonly yChegou: number;
  readonly yRespondeu: number;
  readonly yFim: number;
}

function percursoDe(chamada: Chamada, palco: Palco, agoraMs: number): Percurso {
  const yAgora = palco.y(agoraMs);
  const yInicio = palco.y(chamada.inicioMs);
  const yChegou = Math.max(palco.y(chamada.chegouMs ?? chamada.inicioMs), yInicio + DESCIDA);
  const yResposta = palco.y(chamada.respondeuMs ?? chamada.fimMs ?? agoraMs);
  const yRespondeu = Math.max(yResposta, yChegou + PAUSA);
  const yFim = Math.max(chamada.fimMs === undefined ? yAgora : palco.y(chamada.fimMs), yRespondeu + DESCIDA);
  return { de: palco.x(chamada.de), para: palco.x(chamada.para), yInicio, yChegou, yRespondeu, yFim };
}

export function desenharChamada(chamada: Chamada, palco: Palco, agoraMs: number): Forma[] {
  const percurso = percursoDe(chamada, palco, agoraMs);
  const esperaMs = (chamada.respondeuMs ?? chamada.fimMs ?? agoraMs) - (chamada.chegouMs ?? agoraMs);
  return [
    ...desenharIda(chamada, percurso),
    ...(esperaMs > ESPERA_VISIVEL_MS ? desenharEspera(chamada, percurso, palco) : []),
    ...desenharVolta(chamada, percurso),
    ...desenharLaco(chamada, percurso, palco),
  ];
}

function desenharIda(chamada: Chamada, { de, para, yInicio, yChegou }: Percurso): Forma[] {
  const { id, procedimento, chegouMs, falta, repete } = chamada;
  const seta = {
    tipo: 'linha',
    tinta: tintaDe(procedimento),
    espessura: procedimento === 'receber_mensagens' ? 1.8 : 3,
    chamada: id,
  } as const;
  const tracejada = repete !== undefined;
  const seInterrompe = chegouMs === undefined && falta !== undefined;
  if (!seInterrompe) {
    return [
      {
        ...seta,
        pontos: [
          [de, yInicio],
          [para, yChegou],
        ],
        tracejada,
        seta: true,
      },
    ];
  }
  const { x, y } = ondeParou(de, para, yInicio);
  return [
    {
      ...seta,
      pontos: [
        [de, yInicio],
        [x, y],
      ],
      tracejada,
    },
    { tipo: 'cruz', x, y, tinta: 'falha', chamada: id },
  ];
}

/** O ponto em que se interrompe a seta que saiu de `origem` e não chegou a `destino`; nunca antes do meio do caminho. */
function ondeParou(origem: number, destino: number, y: number): { readonly x: number; readonly y: number } {
  const percorrido = Math.max(0.5, 1 - FALTOU / Math.max(1, Math.abs(destino - origem)));
  return { x: origem + (destino - origem) * percorrido, y: y + DESCIDA * percorrido };
}

/** Quem espera ocupa um lugar só seu ao lado da faixa de quem atende. */
function desenharEspera(chamada: Chamada, { para, yChegou, yRespondeu }: Percurso, palco: Palco): Forma[] {
  const x = para - 10 - (palco.coluna(chamada.de) % 8) * (LARGURA_DA_ESPERA + 3) - LARGURA_DA_ESPERA;
  const pontos = retangulo(x, yChegou, LARGURA_DA_ESPERA, yRespondeu - yChegou);
  return [{ tipo: 'area', pontos, tinta: tintaDe(chamada.procedimento), preenchida: 'vazada', chamada: chamada.id }];
}

function desenharVolta(chamada: Chamada, { de, para, yRespondeu, yFim }: Percurso): Forma[] {
  const { id, procedimento, chegouMs, respondeuMs, desfecho, falta, fimMs } = chamada;
  if (chamada.de === undefined) return [];
  if (falta !== undefined && chegouMs !== undefined) return desenharRespostaPerdida(chamada, { de, para, yRespondeu });
  if (respondeuMs === undefined || fimMs === undefined || falta !== undefined) return [];
  const tinta = desfecho === 'ok' ? tintaDe(procedimento) : 'falha';
  return [
    {
      tipo: 'linha',
      pontos: [
        [para, yRespondeu],
        [de, yFim],
      ],
      tinta,
      espessura: 1.2,
      seta: true,
      chamada: id,
    },
  ];
}

/** Sem resposta a caminho (quem atendia morreu), a cruz fica na faixa dele. */
function desenharRespostaPerdida(
  { id, procedimento, respondeuMs }: Chamada,
  { de, para, yRespondeu }: Pick<Percurso, 'de' | 'para' | 'yRespondeu'>,
): Forma[] {
  if (respondeuMs === undefined) return [{ tipo: 'cruz', x: para, y: yRespondeu, tinta: 'falha', chamada: id }];
  const { x, y } = ondeParou(para, de, yRespondeu);
  return [
    {
      tipo: 'linha',
      pontos: [
        [para, yRespondeu],
        [x, y],
      ],
      tinta: tintaDe(procedimento),
      espessura: 1.2,
      chamada: id,
    },
    { tipo: 'cruz', x, y, tinta: 'falha', chamada: id },
  ];
}

/** Uma repetição se liga à primeira tentativa pelo lado de fora da faixa de quem chama. */
function desenharLaco({ id, procedimento, repete }: Chamada, { de, yInicio }: Percurso, palco: Palco): Forma[] {
  if (!repete) return [];
  const y = palco.y(repete.inicioMs);
  const x = de - 12;
  const pontos = [
    [de, y],
    [x, y],
    [x, yInicio],
    [de, yInicio],
  ] as const;
  return [{ tipo: 'linha', pontos, tinta: tintaDe(procedimento), espessura: 1, tracejada: true, chamada: id }];
}
