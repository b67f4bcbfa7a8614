/**
 * O que o terminal manda → teclas: uma máquina de estados, sem terminal e sem relógio.
 *
 * Um terminal mistura no mesmo fio o que se digita, o que se cola, as teclas sem caractere e as respostas dele. Pelas
 * normas (ECMA-48, e o analisador de https://vt100.net/emu/dec_ansi_parser), uma sequência CSI acaba no seu caractere
 * final, e uma cadeia (OSC, DCS, APC, PM, SOS), em ST ou BEL: o que não é tecla conhecida se engole inteiro.
 * Qualquer pedaço pode chegar partido; onde o resto não vem, `esgotar` decide.
 */

import { ColagemLida } from './colagem-lida.ts';
import { type Tecla, teclaDoControle, teclaDoCsi, teclaDoSs3 } from './teclas.ts';

/** Uma seta partida em pedaços chega em menos que isto; um Esc sozinho espera tanto para ser Esc. */
const ESPERA_DA_SEQUENCIA_MS = 500;
/** Uma colagem cuja marca do fim se perdeu acaba com uma pausa destas. */
const ESPERA_DA_COLAGEM_MS = 700;

const CTRL_C = '\u0003';
const ESC = '\u001b';
const BEL = '\u0007';
const DEL = '\u007f';

const DIGITADO = /\P{Cc}+/uy;

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
  readonly #colagem = new ColagemLida();
  /** Quem manda CR e LF quis dizer um Enter só. */
  #depoisDeCr = false;

  /** Quanto esperar pelo que falta, em ms, antes de `esgotar`; `undefined` se não falta nada. */
  get esperaMs(): number | undefined {
    if (this.#estado === 'livre') return undefined;
    return this.#estado === 'colagem' ? ESPERA_DA_COLAGEM_MS : ESPERA_DA_SEQUENCIA_MS;
  }

  /**
   * @param pedaco o que chegou; Ctrl+C age no meio de qualquer sequência. Numa colagem ele só age sozinho, como uma tecla
   *   chega: o que se cola pode trazer esse caractere, e o que vem depois dele seria digitado aqui, ou no shell, sem que
   *   ninguém o tenha lido
   */
  ler(pedaco: string): Tecla[] {
    if (pedaco === CTRL_C) {
      this.#abandonar();
      return [{ nome: 'ctrl+c' }];
    }
    const teclas: Tecla[] = [];
    let onde = this.#colagem.restoDaMarcaEm(pedaco) || this.#pularRestoDaResposta(pedaco);
    while (onde < pedaco.length) {
      if (this.#estado === 'colagem') onde = this.#colar(pedaco, onde, teclas);
      else if (this.#estado === 'livre') onde = this.#digitar(pedaco, onde, teclas);
      else onde = this.#continuar(pedaco, onde, teclas);
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
    if (this.#estado === 'colagem') entregarColagem(this.#colagem.acabar(), teclas);
    this.#abandonar();
    return teclas;
  }

  #abandonar(): void {
    this.#estado = 'livre';
    this.#colagem.esquecer();
    this.#cadeia = '';
  }

  /** Uma resposta atrasada não é o que se digita, nem quando chega em pedaços. */
  #pularRestoDaResposta(texto: string): number {
    if (!this.#restoDaResposta || texto === '') return 0;
    const resto = this.#restoDaResposta.exec(texto)?.[0] ?? '';
    this.#restoDaResposta = undefined;
    return resto.length;
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
    if (this.#estado === 'resto' && caractere !== CTRL_C) {
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
    const { lidos, texto: colado, acabou } = this.#colagem.ler(texto.slice(onde));
    entregarColagem(colado, teclas);
    if (acabou) this.#abandonar();
    return onde + lidos;
  }
}

function entregarColagem(texto: string, teclas: Tecla[]): void {
  if (texto !== '') teclas.push({ nome: 'colagem', texto });
}
