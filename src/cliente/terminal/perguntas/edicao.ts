/** A edição de uma linha, com as teclas que quem usa o readline conhece: pura, e por caracteres como a pessoa os vê. */

import type { Tecla } from '../teclado/teclas.ts';
import { comecoDoAnterior, fimDoSeguinte } from '../tela/largura.ts';

export interface Edicao {
  readonly texto: string;
  /** Em unidades UTF-16, sempre entre dois caracteres. */
  readonly cursor: number;
  /** O que Ctrl+Y devolve. */
  readonly cortado: string;
  /** Se a última tecla cortou: então um corte junta-se ao anterior. */
  readonly cortando: boolean;
}

/** Mais que isto, em unidades UTF-16, não é uma linha: o que passa não entra. */
export const MAXIMO_DA_LINHA = 4 * 1_048_576;

export function edicaoDe(texto: string, cursor = texto.length): Edicao {
  return { texto, cursor, cortado: '', cortando: false };
}

/** Troca tudo o que se digitou, sem esquecer o que se cortou. */
export function trocar(edicao: Edicao, texto: string, cursor = texto.length): Edicao {
  return { ...edicao, texto, cursor, cortando: false };
}

/** @returns a mesma edição, se a tecla não é de edição */
export function editar(edicao: Edicao, tecla: Tecla): Edicao {
  if (tecla.nome === 'texto') return inserir(edicao, tecla.texto);
  if (tecla.nome === 'colagem') return inserir(edicao, emUmaLinha(tecla.texto));
  return TECLAS[tecla.nome]?.(edicao) ?? edicao;
}

/** Uma quebra de linha colada não confirma nada; a do fim, que vem com quem copia a linha inteira, nem é espaço. */
function emUmaLinha(colado: string): string {
  let fim = colado.length;
  while (colado[fim - 1] === '\n') fim -= 1;
  return colado
    .slice(0, fim)
    .replace(/^\n+/, '')
    .replace(/[\n\t]+/g, ' ');
}

const ESQUERDA = andarAte(({ texto, cursor }) => comecoDoAnterior(texto, cursor));
const DIREITA = andarAte(({ texto, cursor }) => fimDoSeguinte(texto, cursor));
const COMECO = andarAte(({ texto, cursor }) => comecoDaLinha(texto, cursor));
const FIM = andarAte(({ texto, cursor }) => fimDaLinha(texto, cursor));
const PALAVRA_ANTERIOR = andarAte(comecoDaPalavra);
const PALAVRA_SEGUINTE = andarAte(fimDaPalavra);

const TECLAS: Readonly<Record<string, ((edicao: Edicao) => Edicao) | undefined>> = {
  esquerda: ESQUERDA,
  'ctrl+b': ESQUERDA,
  direita: DIREITA,
  'ctrl+f': DIREITA,
  home: COMECO,
  'ctrl+a': COMECO,
  end: FIM,
  'ctrl+e': FIM,
  'ctrl+esquerda': PALAVRA_ANTERIOR,
  'alt+b': PALAVRA_ANTERIOR,
  'ctrl+direita': PALAVRA_SEGUINTE,
  'alt+f': PALAVRA_SEGUINTE,
  backspace: apagarAte(({ texto, cursor }) => comecoDoAnterior(texto, cursor)),
  delete: apagarAte(({ texto, cursor }) => fimDoSeguinte(texto, cursor)),
  'ctrl+d': apagarAte(({ texto, cursor }) => fimDoSeguinte(texto, cursor)),
  'ctrl+u': cortarAte(() => 0),
  'ctrl+k': cortarAte(({ texto }) => texto.length),
  'ctrl+w': cortarAte(comecoDoTrecho),
  'alt+backspace': cortarAte(comecoDaPalavra),
  'alt+d': cortarAte(fimDaPalavra),
  'alt+enter': (edicao) => inserir(edicao, '\n'),
  'ctrl+y': (edicao) => inserir(edicao, edicao.cortado),
};

function comecoDaLinha(texto: string, posicao: number): number {
  return posicao === 0 ? 0 : texto.lastIndexOf('\n', posicao - 1) + 1;
}

function fimDaLinha(texto: string, posicao: number): number {
  const quebra = texto.indexOf('\n', posicao);
  return quebra === -1 ? texto.length : quebra;
}

/**
 * Num texto de várias linhas, à mesma altura da de cima ou da de baixo.
 * @returns `undefined` se não há linha daquele lado
 */
export function mudarDeLinha(edicao: Edicao, passo: 1 | -1): Edicao | undefined {
  const { texto, cursor } = edicao;
  const comeco = comecoDaLinha(texto, cursor);
  const fim = fimDaLinha(texto, cursor);
  if (passo === -1 ? comeco === 0 : fim === texto.length) return undefined;
  const outra = passo === -1 ? comecoDaLinha(texto, comeco - 1) : fim + 1;
  const lugar = Math.min(outra + (cursor - comeco), fimDaLinha(texto, outra));
  // O mesmo tanto de unidades pode cair no meio de um caractere.
  const inteiro = lugar === 0 ? 0 : fimDoSeguinte(texto, comecoDoAnterior(texto, lugar));
  return { ...edicao, cursor: inteiro === lugar ? lugar : comecoDoAnterior(texto, lugar), cortando: false };
}

/** Um lugar da linha, em unidades UTF-16. */
type Lugar = (edicao: Edicao) => number;

function andarAte(lugar: Lugar): (edicao: Edicao) => Edicao {
  return (edicao) => ({ ...edicao, cursor: lugar(edicao), cortando: false });
}

function apagarAte(lugar: Lugar): (edicao: Edicao) => Edicao {
  return (edicao) => ({ ...sem(edicao, lugar(edicao)), cortando: false });
}

/** Apaga, e guarda para Ctrl+Y; cortes seguidos são um só, na ordem em que o texto estava. */
function cortarAte(lugar: Lugar): (edicao: Edicao) => Edicao {
  return (edicao) => {
    const { texto, cursor, cortando } = edicao;
    const destino = lugar(edicao);
    const trecho = texto.slice(Math.min(cursor, destino), Math.max(cursor, destino));
    if (trecho === '') return edicao;
    const anterior = cortando ? edicao.cortado : '';
    const cortado = destino < cursor ? trecho + anterior : anterior + trecho;
    return { ...sem(edicao, destino), cortado, cortando: true };
  };
}

/** Sem o que está entre o cursor e um lugar, de qualquer lado. */
function sem(edicao: Edicao, lugar: number): Edicao {
  const { texto, cursor } = edicao;
  const comeco = Math.min(cursor, lugar);
  return { ...edicao, texto: texto.slice(0, comeco) + texto.slice(Math.max(cursor, lugar)), cursor: comeco };
}

function inserir(edicao: Edicao, novo: string): Edicao {
  const { texto, cursor } = edicao;
  if (novo === '' || texto.length + novo.length > MAXIMO_DA_LINHA) return edicao;
  return {
    ...edicao,
    texto: texto.slice(0, cursor) + novo + texto.slice(cursor),
    cursor: cursor + novo.length,
    cortando: false,
  };
}

/** O que faz uma palavra, para Alt+B e Alt+F; Ctrl+W vai até um espaço. */
const DE_PALAVRA = /[\p{L}\p{M}\p{N}_]/u;
const ESPACO = /\s/u;

function comecoDaPalavra({ texto, cursor }: Edicao): number {
  const fim = voltarEnquanto(texto, cursor, (caractere) => !DE_PALAVRA.test(caractere));
  return voltarEnquanto(texto, fim, (caractere) => DE_PALAVRA.test(caractere));
}

function comecoDoTrecho({ texto, cursor }: Edicao): number {
  const fim = voltarEnquanto(texto, cursor, (caractere) => ESPACO.test(caractere));
  return voltarEnquanto(texto, fim, (caractere) => !ESPACO.test(caractere));
}

function fimDaPalavra({ texto, cursor }: Edicao): number {
  const comeco = avancarEnquanto(texto, cursor, (caractere) => !DE_PALAVRA.test(caractere));
  return avancarEnquanto(texto, comeco, (caractere) => DE_PALAVRA.test(caractere));
}

function avancarEnquanto(texto: string, desde: number, serve: (caractere: string) => boolean): number {
  let onde = desde;
  while (onde < texto.length) {
    const caractere = String.fromCodePoint(texto.codePointAt(onde) as number);
    if (!serve(caractere)) break;
    onde += caractere.length;
  }
  return onde;
}

function voltarEnquanto(texto: string, desde: number, serve: (caractere: string) => boolean): number {
  let onde = desde;
  while (onde > 0) {
    const par = texto.slice(Math.max(0, onde - 2), onde);
    const caractere = (par.codePointAt(0) ?? 0) > 0xffff ? par : par.slice(-1);
    if (!serve(caractere)) break;
    onde -= caractere.length;
  }
  return onde;
}
