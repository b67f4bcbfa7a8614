/**
 * O que o terminal manda → teclas: uma máquina de estados, sem terminal e sem relógio.
 *
 * Um terminal mistura no mesmo fio o que se digita, o que se cola, as teclas sem caractere e as respostas dele. Pelas
 * normas (ECMA-48, e o analisador de https://vt100.net/emu/dec_ansi_parser), uma sequência CSI acaba no seu caractere
 * final, e uma cadeia (OSC, DCS, APC, PM, SOS), em ST ou BEL: o que não é tecla conhecida se engole inteiro.
 * Qualquer pedaço pode chegar partido; onde o resto não vem, `esgotar` decide.
 */

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

/** Uma seta partida em pedaços chega em menos que isto; um Esc sozinho espera tanto para ser Esc. */
const ESPERA_DA_SEQUENCIA_MS = 500;
/** Uma colagem cuja marca do fim se perdeu acaba com uma pausa destas. */
const ESPERA_DA_COLAGEM_MS = 700;
/** Uma colagem maior que isto, em unidades UTF-16, chega em partes: a marca do fim pode nunca vir. */
export const MAXIMO_DA_COLAGEM = 1_048_576;

const CTRL_C = '\u0003';
const ESC = '\u001b';
const BEL = '\u0007';
const DEL = '\u007f';
const FIM_DA_COLAGEM = `${ESC}[201~`;

const DIGITADO = /\P{Cc}+/uy;
const CONTROLES_COLADOS = /(?![\n\t])\p{Cc}/gu;

type Estado =
  | 'livre'
  /** Depois de ESC. */
  | 'esc'
  /** Depois de ESC [. */
  | 'csi'
  /** Depois de ESC O. */
  | 'ss3'
  /** Dentro de uma cadeia, até ST ou BEL. */
  | 'cadeia'
  /** Uma sequência antiga: faltam alguns caracteres, quaisquer que sejam. */
  | 'resto'
  | 'colagem';

/** Uma resposta mais longa que isto não é a uma pergunta nossa: engole-se sem guardá-la. */
const MAXIMO_DA_RESPOSTA = 64;
/** O resto de uma resposta a OSC 11 cujo começo já se engoliu, e o de uma a que só faltava o fim do fim. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: é o que se procura
const RESTO_DA_RESPOSTA = /^\]?[\da-frgb:;/]*(?:\u0007|\u001b\\)/i;
const RESTO_DO_FIM = /^\\/;

/** O caractere depois de ESC com que uma cadeia começa: DCS, SOS, OSC, PM, APC. */
const COMECOS_DE_CADEIA = 'PX]^_';
const OSC = ']';
/** Em 8 bits (C1 de ECMA-48), um começo é um caractere só: o de 7 bits, sem o ESC, mais isto. */
const DE_7_A_8_BITS = 0x40;
const COMECOS = `[O${COMECOS_DE_CADEIA}`;

/** O que, com Alt, é uma tecla de edição (readline). */
const COM_ALT = 'bfd';

/** ST é ESC e este. */
const FIM_DE_CADEIA = '\\';
const ST_DE_8_BITS = '\u009c';

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

/** Quantos caracteres seguem, por sequência que não acaba no seu caractere final. */
const RESTOS: Readonly<Record<string, number>> = {
  // Mouse X10: botão, coluna e fileira.
  M: 3,
  // Teclas de função no console do Linux: ESC [ [ A.
  '[': 1,
};

export class LeitorDeTeclas {
  #estado: Estado = 'livre';
  #parametros = '';
  /** O que se leu de uma cadeia. */
  #cadeia = '';
  /** O que ainda pode chegar de uma resposta que se abandonou no meio. */
  #restoDaResposta: RegExp | undefined;
  #falta = 0;
  #colado: string[] = [];
  #tamanhoDoColado = 0;
  /** O fim do que se leu de uma colagem, se pode ser o começo da marca. */
  #comecoDaMarca = '';
  /** O que falta da marca de uma colagem que acabou com a marca partida. */
  #restoDaMarca = '';
  /** Quem manda CR e LF quis dizer um Enter só. */
  #depoisDeCr = false;

  /** Quanto esperar pelo que falta, em ms, antes de `esgotar`; `undefined` se não falta nada. */
  get esperaMs(): number | undefined {
    if (this.#estado === 'livre') return undefined;
    return this.#estado === 'colagem' ? ESPERA_DA_COLAGEM_MS : ESPERA_DA_SEQUENCIA_MS;
  }

  /** @param pedaco o que chegou; Ctrl+C age onde estiver, também no meio de uma colagem */
  ler(pedaco: string): Tecla[] {
    const teclas: Tecla[] = [];
    const [primeiro = '', ...depois] = pedaco.split(CTRL_C);
    this.#lerSemCtrlC(primeiro, teclas);
    for (const parte of depois) {
      this.#abandonar();
      teclas.push({ nome: 'ctrl+c' });
      this.#lerSemCtrlC(parte, teclas);
    }
    return teclas;
  }

  /** O que faltava não veio: um Esc era Esc, uma colagem acabou, e uma sequência partida não é tecla. */
  esgotar(): Tecla[] {
    const teclas: Tecla[] = [];
    if (this.#estado === 'esc') {
      // O ESC do fim de uma resposta não é a tecla.
      this.#restoDaResposta = this.#cadeia === '' ? RESTO_DA_RESPOSTA : RESTO_DO_FIM;
      if (this.#cadeia === '') teclas.push({ nome: 'esc' });
    }
    if (this.#estado === 'cadeia') this.#restoDaResposta = RESTO_DA_RESPOSTA;
    if (this.#estado === 'colagem') {
      if (this.#comecoDaMarca !== '') this.#restoDaMarca = FIM_DA_COLAGEM.slice(this.#comecoDaMarca.length);
      this.#entregarColagem(teclas);
    }
    this.#abandonar();
    return teclas;
  }

  #abandonar(): void {
    this.#estado = 'livre';
    this.#colado = [];
    this.#tamanhoDoColado = 0;
    this.#comecoDaMarca = '';
    this.#cadeia = '';
  }

  #lerSemCtrlC(texto: string, teclas: Tecla[]): void {
    let onde = this.#pularRestoDaMarca(texto) || this.#pularRestoDaResposta(texto);
    while (onde < texto.length) {
      if (this.#estado === 'colagem') onde = this.#colar(texto, onde, teclas);
      else if (this.#estado === 'livre') onde = this.#digitar(texto, onde, teclas);
      else onde = this.#continuar(texto, onde, teclas);
    }
  }

  /** Uma resposta atrasada não é o que se digita, nem quando chega em pedaços. */
  #pularRestoDaResposta(texto: string): number {
    if (!this.#restoDaResposta || texto === '') return 0;
    const resto = this.#restoDaResposta.exec(texto)?.[0] ?? '';
    this.#restoDaResposta = undefined;
    return resto.length;
  }

  #pularRestoDaMarca(texto: string): number {
    const resto = this.#restoDaMarca;
    if (resto === '' || texto === '') return 0;
    const comum = Math.min(resto.length, texto.length);
    const continua = texto.slice(0, comum) === resto.slice(0, comum);
    this.#restoDaMarca = continua ? resto.slice(comum) : '';
    return continua ? comum : 0;
  }

  /** @returns até onde se leu, como em `#continuar` e `#colar` */
  #digitar(texto: string, onde: number, teclas: Tecla[]): number {
    DIGITADO.lastIndex = onde;
    const [digitado] = DIGITADO.exec(texto) ?? [];
    if (digitado !== undefined) {
      this.#depoisDeCr = false;
      teclas.push({ nome: 'texto', texto: digitado });
      return onde + digitado.length;
    }
    const caractere = texto[onde] as string;
    const em7Bits = String.fromCharCode(caractere.charCodeAt(0) - DE_7_A_8_BITS);
    if (caractere > DEL && COMECOS.includes(em7Bits)) {
      this.#depoisDeCr = false;
      this.#cadeia = '';
      return this.#depoisDoEsc(em7Bits, onde, onde + 1, teclas);
    }
    const tecla = teclaDoControle(caractere);
    if (caractere === ESC) {
      this.#estado = 'esc';
      this.#cadeia = '';
    } else if (tecla && !(caractere === '\n' && this.#depoisDeCr)) teclas.push(tecla);
    this.#depoisDeCr = caractere === '\r';
    return onde + 1;
  }

  /** Dentro de uma sequência, caractere por caractere. */
  #continuar(texto: string, onde: number, teclas: Tecla[]): number {
    const caractere = String.fromCodePoint(texto.codePointAt(onde) as number);
    const seguinte = onde + caractere.length;
    if (this.#estado === 'resto') {
      this.#falta -= 1;
      if (this.#falta === 0) this.#estado = 'livre';
      return seguinte;
    }
    if (caractere === ESC) {
      this.#estado = 'esc';
      return seguinte;
    }
    if (this.#estado === 'cadeia' && (caractere === BEL || caractere === ST_DE_8_BITS)) {
      this.#acabarCadeia(teclas);
      return seguinte;
    }
    if (this.#estado === 'esc') return this.#depoisDoEsc(caractere, onde, seguinte, teclas);
    // Um controle no meio de uma sequência a abandona, e vale por si: Enter é Enter.
    if (caractere < ' ') {
      this.#estado = 'livre';
      return onde;
    }
    if (this.#estado === 'cadeia') {
      if (this.#cadeia.length < MAXIMO_DA_RESPOSTA) this.#cadeia += caractere;
      return seguinte;
    }
    return this.#continuarComando(caractere, onde, seguinte, teclas);
  }

  #depoisDoEsc(caractere: string, onde: number, seguinte: number, teclas: Tecla[]): number {
    this.#parametros = '';
    if (caractere === '[') this.#estado = 'csi';
    else if (caractere === 'O') this.#estado = 'ss3';
    else if (COMECOS_DE_CADEIA.includes(caractere)) {
      this.#estado = 'cadeia';
      this.#cadeia = caractere;
    } else {
      this.#estado = 'livre';
      if (caractere === DEL || caractere === '\b') teclas.push({ nome: 'alt+backspace' });
      else if (caractere === FIM_DE_CADEIA) this.#acabarCadeia(teclas);
      else if (caractere === '\r') {
        teclas.push({ nome: 'alt+enter' });
        this.#depoisDeCr = true;
      } else if (COM_ALT.includes(caractere)) teclas.push({ nome: `alt+${caractere}` });
      // Quem digita logo depois de Esc não quis Alt: nem o Esc nem a letra se perdem.
      else if (caractere >= ' ') teclas.push({ nome: 'esc' }, { nome: 'texto', texto: caractere });
      // Com Alt, Tab é ele mesmo.
      else return onde;
    }
    return seguinte;
  }

  #acabarCadeia(teclas: Tecla[]): void {
    this.#estado = 'livre';
    if (this.#cadeia.startsWith(OSC)) teclas.push({ nome: 'resposta', texto: this.#cadeia.slice(OSC.length) });
    this.#cadeia = '';
  }

  /** CSI e SS3: parâmetros e intermediários, e um caractere final. */
  #continuarComando(caractere: string, onde: number, seguinte: number, teclas: Tecla[]): number {
    if (caractere > '~') {
      this.#estado = 'livre';
      return onde;
    }
    if (caractere < '@') {
      // Nenhuma tecla conhecida tem parâmetros tão longos: só não se guarda o que se vai engolir.
      if (this.#parametros.length < 32) this.#parametros += caractere;
      return seguinte;
    }
    const falta = this.#estado === 'csi' && this.#parametros === '' ? (RESTOS[caractere] ?? 0) : 0;
    const tecla = this.#estado === 'csi' ? teclaDoCsi(this.#parametros, caractere) : teclaDoSs3(caractere);
    this.#estado = 'livre';
    if (falta > 0) {
      this.#estado = 'resto';
      this.#falta = falta;
    } else if (tecla === 'colagem') this.#estado = 'colagem';
    else if (tecla) teclas.push({ nome: tecla });
    return seguinte;
  }

  #colar(texto: string, onde: number, teclas: Tecla[]): number {
    const aLer = this.#comecoDaMarca + texto.slice(onde);
    const fim = aLer.indexOf(FIM_DA_COLAGEM);
    if (fim < 0) {
      this.#comecoDaMarca = comecoDaMarcaNoFim(aLer);
      this.#guardarColado(aLer.slice(0, aLer.length - this.#comecoDaMarca.length));
      if (this.#tamanhoDoColado >= MAXIMO_DA_COLAGEM) this.#entregarColagem(teclas);
      return texto.length;
    }
    const lidoDoTexto = fim + FIM_DA_COLAGEM.length - this.#comecoDaMarca.length;
    this.#guardarColado(aLer.slice(0, fim));
    this.#entregarColagem(teclas);
    this.#abandonar();
    return onde + lidoDoTexto;
  }

  #guardarColado(parte: string): void {
    this.#colado.push(parte);
    this.#tamanhoDoColado += parte.length;
  }

  #entregarColagem(teclas: Tecla[]): void {
    const texto = this.#colado.join('').replace(/\r\n?/g, '\n').replace(CONTROLES_COLADOS, '');
    this.#colado = [];
    this.#tamanhoDoColado = 0;
    if (texto !== '') teclas.push({ nome: 'colagem', texto });
  }
}

function comecoDaMarcaNoFim(texto: string): string {
  for (let tamanho = Math.min(texto.length, FIM_DA_COLAGEM.length - 1); tamanho > 0; tamanho -= 1) {
    if (texto.endsWith(FIM_DA_COLAGEM.slice(0, tamanho))) return FIM_DA_COLAGEM.slice(0, tamanho);
  }
  return '';
}

/** De Ctrl+A a Ctrl+Z; os outros controles não são tecla. */
function teclaDoControle(caractere: string): Tecla | undefined {
  if (caractere === '\r' || caractere === '\n') return { nome: 'enter' };
  if (caractere === '\t') return { nome: 'tab' };
  if (caractere === DEL || caractere === '\b') return { nome: 'backspace' };
  const codigo = caractere.charCodeAt(0);
  return codigo >= 1 && codigo <= 26 ? { nome: `ctrl+${String.fromCharCode(codigo + 96)}` } : undefined;
}

function teclaDoCsi(parametros: string, final: string): NomeDeTecla | 'colagem' | undefined {
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
function teclaDoSs3(final: string): NomeDeTecla | undefined {
  return final === 'M' ? 'enter' : TECLAS_POR_FINAL[final];
}
