/**
 * A história num período → formas a desenhar. Não sabe se quem as pinta é um canvas ou um SVG.
 * As faixas ficam lado a lado e o tempo desce.
 */

import type { Chamada, Faixa, Historia, Lease } from './historia.ts';

/** O nome de uma cor da página, e não a cor: claro e escuro têm as suas. */
export type Tinta =
  | 'linha'
  | 'texto'
  | 'apagado'
  | 'falha'
  | 'lease'
  | 'lookup'
  | 'enviar'
  | 'receber'
  | 'sala'
  | 'sessao'
  | 'registro';

export type Forma =
  | {
      readonly tipo: 'linha';
      readonly pontos: readonly (readonly [x: number, y: number])[];
      readonly tinta: Tinta;
      readonly espessura: number;
      readonly tracejada?: boolean;
      readonly seta?: boolean;
      readonly chamada?: string;
    }
  | {
      readonly tipo: 'area';
      readonly pontos: readonly (readonly [x: number, y: number])[];
      readonly tinta: Tinta;
      readonly preenchida: 'cheia' | 'leve' | 'vazada' | 'hachurada';
      readonly chamada?: string;
    }
  | { readonly tipo: 'cruz'; readonly x: number; readonly y: number; readonly tinta: Tinta; readonly chamada?: string }
  | {
      readonly tipo: 'texto';
      readonly x: number;
      readonly y: number;
      readonly texto: string;
      readonly tinta: Tinta;
      readonly alinhado: 'esquerda' | 'centro' | 'direita';
    };

/** O pedaço da história que cabe na tela. */
export interface Vista {
  readonly deMs: number;
  readonly ateMs: number;
  /** Em pixels. */
  readonly largura: number;
  readonly altura: number;
}

/** Uma chamada na mesma máquina leva 1 ms: sem isto, a ida e a volta seriam a mesma linha. Em pixels. */
const DESCIDA = 13;
const PAUSA = 5;
/** Quem espera mais que isto pela resposta aparece como uma barra, em ms. */
const ESPERA_VISIVEL_MS = 250;
const LARGURA_DA_ESPERA = 7;
const LARGURA_DO_LEASE = 14;
/** Onde uma seta que não chegou se interrompe, da origem (0) ao destino (1). */
const ONDE_SE_PERDE = 0.62;

const TINTAS: Readonly<Record<string, Tinta>> = {
  lookup_procedure: 'lookup',
  list_procedures: 'lookup',
  watch_procedures: 'lookup',
  register_procedure: 'registro',
  unregister_procedure: 'registro',
  enviar_mensagem: 'enviar',
  enviar_messagem: 'enviar',
  receber_mensagens: 'receber',
  registrar_usuario: 'sessao',
  encerrar_sessao: 'sessao',
};

export function tintaDe(procedimento: string): Tinta {
  return TINTAS[procedimento] ?? 'sala';
}

/** @param agoraMs até onde a história se mostra: o que está em andamento acaba nele */
export function desenhar(historia: Historia, vista: Vista, agoraMs: number): Forma[] {
  const faixas = historia.faixas();
  const palco = new Palco(faixas, vista);
  const formas = faixas.flatMap((faixa) => vidaDa(faixa, palco, agoraMs));
  for (const [indice, lease] of historia.leasesEntre(vista.deMs, vista.ateMs).entries()) {
    formas.push(...desenharLease(lease, indice, palco, agoraMs));
  }
  for (const chamada of historia.chamadasEntre(vista.deMs, Math.min(vista.ateMs, agoraMs))) {
    formas.push(...desenharChamada(comoEstava(chamada, agoraMs), palco, agoraMs));
  }
  return formas;
}

/** O x de cada faixa e o y de cada instante. */
export class Palco {
  readonly #vista: Vista;
  readonly #colunas: ReadonlyMap<string, number>;
  readonly #largura: number;

  constructor(faixas: readonly Faixa[], vista: Vista) {
    this.#vista = vista;
    this.#largura = vista.largura / Math.max(1, faixas.length);
    this.#colunas = new Map(faixas.map(({ id }, indice) => [id, indice]));
  }

  /** Fora de toda faixa, a margem esquerda: de lá vem quem não conta o que faz. */
  x(faixa: string | undefined): number {
    const coluna = faixa === undefined ? undefined : this.#colunas.get(faixa);
    return coluna === undefined ? 0 : (coluna + 0.5) * this.#largura;
  }

  coluna(faixa: string | undefined): number {
    return (faixa === undefined ? undefined : this.#colunas.get(faixa)) ?? 0;
  }

  y(instanteMs: number): number {
    const { deMs, ateMs, altura } = this.#vista;
    return ((instanteMs - deMs) / (ateMs - deMs)) * altura;
  }

  get altura(): number {
    return this.#vista.altura;
  }

  get ateMs(): number {
    return this.#vista.ateMs;
  }
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
  const x = palco.x(lease.binder) + 8 + (indice % 4) * (LARGURA_DO_LEASE + 4);
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
    formas.push({ tipo: 'texto', x, y: Math.min(y, palco.altura) - 4, texto, tinta: 'lease', alinhado: 'esquerda' });
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

function desenharChamada(chamada: Chamada, palco: Palco, agoraMs: number): Forma[] {
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
  const seta = { tipo: 'linha', tinta: tintaDe(procedimento), espessura: 2.5, chamada: id } as const;
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
  const x = de + (para - de) * ONDE_SE_PERDE;
  const y = yInicio + DESCIDA * ONDE_SE_PERDE;
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
  const x = para + (de - para) * ONDE_SE_PERDE;
  const y = yRespondeu + DESCIDA * ONDE_SE_PERDE;
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

function retangulo(x: number, y: number, largura: number, altura: number): readonly (readonly [number, number])[] {
  return [
    [x, y],
    [x + largura, y],
    [x + largura, y + altura],
    [x, y + altura],
  ];
}
