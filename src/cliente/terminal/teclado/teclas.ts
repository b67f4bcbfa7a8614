/** As teclas, e de que sequência vem cada uma. Puro. */

export type NomeDeTecla =
  | 'enter'
  | 'esc'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'cima'
  | 'baixo'
  | 'esquerda'
  | 'direita'
  | 'home'
  | 'end'
  /** Não é tecla: o terminal passou a ter o foco, ou deixou de tê-lo. */
  | 'foco'
  | 'sem foco'
  | `ctrl+${string}`
  | `alt+${string}`;

export type Tecla =
  | { readonly nome: NomeDeTecla }
  /** Um ou mais caracteres digitados, sem controle algum. */
  | { readonly nome: 'texto'; readonly texto: string }
  /** Não é tecla: o que o terminal respondeu num OSC, sem o começo e o fim. */
  | { readonly nome: 'resposta'; readonly texto: string }
  /** O que se colou, com as quebras de linha como `\n`, e sem outro controle que não seja o tab. */
  | { readonly nome: 'colagem'; readonly texto: string };

const DEL = '\u007f';

const TECLAS_POR_FINAL: Readonly<Record<string, NomeDeTecla>> = {
  A: 'cima',
  B: 'baixo',
  C: 'direita',
  D: 'esquerda',
  F: 'end',
  H: 'home',
};
/** Modo 1004 do xterm (ctlseqs, FocusIn/FocusOut). */
const FOCO_POR_FINAL: Readonly<Record<string, NomeDeTecla>> = { I: 'foco', O: 'sem foco' };
const TECLAS_POR_NUMERO: Readonly<Record<string, NomeDeTecla>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  7: 'home',
  8: 'end',
};

/** De Ctrl+A a Ctrl+Z; os outros controles não são tecla. */
export function teclaDoControle(caractere: string): Tecla | undefined {
  if (caractere === '\r' || caractere === '\n') return { nome: 'enter' };
  if (caractere === '\t') return { nome: 'tab' };
  if (caractere === DEL || caractere === '\b') return { nome: 'backspace' };
  const codigo = caractere.charCodeAt(0);
  return codigo >= 1 && codigo <= 26 ? { nome: `ctrl+${String.fromCharCode(codigo + 96)}` } : undefined;
}

export function teclaDoCsi(parametros: string, final: string): NomeDeTecla | 'colagem' | undefined {
  // Com outros caracteres, é uma resposta do terminal, o mouse ou um protocolo de teclado.
  const [, numero = '', modificador = '1'] = /^(?:(\d+)(?:;(\d+))?)?$/.exec(parametros) ?? [undefined, '?'];
  if (final === '~') return numero === '200' ? 'colagem' : TECLAS_POR_NUMERO[numero];
  if (parametros === '' && final in FOCO_POR_FINAL) return FOCO_POR_FINAL[final];
  // Onde o terminal diz as teclas pelo código do caractere (kitty, e `formatOtherKeys` do xterm), Enter é 13.
  if (final === 'u') return numero === '13' ? (modificador === '1' ? 'enter' : 'alt+enter') : undefined;
  if (numero !== '' && numero !== '1') return undefined;
  const tecla = TECLAS_POR_FINAL[final];
  // O modificador é 1 mais a soma de Shift (1), Alt (2) e Ctrl (4): com os dois últimos, as setas andam por palavras.
  const porPalavras = ((Number(modificador) - 1) & 6) !== 0;
  return porPalavras && (tecla === 'esquerda' || tecla === 'direita') ? `ctrl+${tecla}` : tecla;
}

/** No modo de aplicação, o Enter do teclado numérico é ESC O M. */
export function teclaDoSs3(final: string): NomeDeTecla | undefined {
  return final === 'M' ? 'enter' : TECLAS_POR_FINAL[final];
}
