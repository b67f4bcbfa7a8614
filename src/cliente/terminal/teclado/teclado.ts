/**
 * O único que lê o terminal: cada tecla vai para a pergunta aberta, uma por vez, ou espera pela próxima pergunta.
 * É assim que `2⏎Geral⏎1⏎` digitado de um fôlego, ou antes da hora, chega inteiro a quem deve.
 */

import type { Agendar } from '../../../process/clock.ts';
import type { Codificacao } from '../tela/codificacao.ts';
import { LeitorDeTeclas } from './leitor-de-teclas.ts';
import type { Tecla } from './teclas.ts';

/** O que se usa da entrada do terminal. */
export interface Entrada {
  on(evento: 'data', ouvinte: (pedaco: Buffer) => void): unknown;
  on(evento: 'end' | 'error', ouvinte: () => void): unknown;
  off(evento: 'data', ouvinte: (pedaco: Buffer) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  setRawMode(cru: boolean): unknown;
  readonly isTTY?: boolean;
}

/** Quem recebe as teclas enquanto está ligado. */
export interface Destino {
  readonly aoTeclar: (tecla: Tecla) => void;
  /** Se não há nada digitado: então Ctrl+D é sair. */
  readonly vazio: () => boolean;
  /** Ctrl+C. @returns se o destino ficou com ele, ou `false` para sair; `undefined` se não sabe o que fazer dele */
  readonly aoInterromper?: () => boolean | undefined;
}

export interface TecladoOptions {
  readonly entrada: Entrada;
  readonly codificacao: Codificacao;
  readonly agendar: Agendar;
  /** Ctrl+C, Ctrl+D com a linha vazia, ou o terminal que se fechou. */
  readonly aoEncerrar: () => void;
  /** Ctrl+Z. */
  readonly aoSuspender: () => void;
}

/**
 * Com mais caracteres que isto à espera de uma pergunta, deixa-se de ler: quem escreve no terminal espera, e nada se
 * perde. É mais do que qualquer pessoa cola, para que Ctrl+C, que vem depois deles, ainda seja lido.
 */
export const MAXIMO_A_ESPERA = 4 * 1_048_576;

export class Teclado {
  readonly #options: TecladoOptions;
  readonly #leitor = new LeitorDeTeclas();
  readonly #decodificar: (pedaco: Buffer) => string;
  #fila: Tecla[] = [];
  #tamanhoDaFila = 0;
  #pausado = false;
  #destino: Destino | undefined;
  #entregando = false;
  #desistirDeEsperar: (() => void) | undefined;
  /** Fica com o Ctrl+C de que nenhum destino sabe o que fazer. @returns se ficou; senão, é sair */
  aoInterromper: (() => boolean) | undefined;
  /** Sabe quando o terminal ganha e perde o foco. */
  aoMudarFoco: ((temFoco: boolean) => void) | undefined;
  /** Sabe do que o terminal responde num OSC. */
  aoResponder: ((resposta: string) => void) | undefined;

  constructor(options: TecladoOptions) {
    this.#options = options;
    this.#decodificar = options.codificacao.criarDecodificador();
    const { entrada, aoEncerrar } = options;
    entrada.on('data', this.#aoChegar);
    entrada.on('end', aoEncerrar);
    entrada.on('error', aoEncerrar);
    entrada.setRawMode(true);
    entrada.resume();
  }

  /** Se há teclas à espera de uma pergunta. */
  get temFila(): boolean {
    return this.#fila.length > 0;
  }

  /** A partir da próxima volta, as teclas vão para este destino. */
  ligar(destino: Destino): void {
    this.#destino = destino;
    queueMicrotask(() => this.#entregar());
  }

  /** Dito de dentro da tecla que responde à pergunta: a seguinte já espera por outra. */
  desligar(destino: Destino): void {
    if (this.#destino === destino) this.#destino = undefined;
  }

  /** Uma tecla que não era de quem a recebeu vai para a próxima pergunta, antes das outras. */
  devolver(tecla: Tecla): void {
    this.#fila.unshift(tecla);
    this.#tamanhoDaFila += tamanhoDe(tecla);
  }

  /** Quem responde com uma letra costuma confirmar com Enter: se ele já veio, não é da próxima pergunta. */
  dispensarEnter(): void {
    if (this.#fila[0]?.nome === 'enter') this.#tirarDaFila();
  }

  /** Deixa o terminal ler linhas, como quem o emprestou espera. */
  suspender(): void {
    this.#options.entrada.setRawMode(false);
  }

  /** Volta a ler tecla por tecla, também se outro programa mudou o terminal sem que se soubesse. */
  retomar(): void {
    const { entrada } = this.#options;
    // O Node não repete um modo em que já acha que está.
    entrada.setRawMode(false);
    entrada.setRawMode(true);
  }

  close(): void {
    const { entrada } = this.#options;
    this.#desistirDeEsperar?.();
    entrada.off('data', this.#aoChegar);
    if (entrada.isTTY) entrada.setRawMode(false);
    entrada.pause();
  }

  readonly #aoChegar = (pedaco: Buffer): void => {
    this.#receber(this.#leitor.ler(this.#decodificar(pedaco)));
  };

  #receber(teclas: readonly Tecla[]): void {
    this.#desistirDeEsperar?.();
    this.#desistirDeEsperar = undefined;
    for (const tecla of teclas) {
      if (tecla.nome === 'ctrl+c') this.#interromper();
      else if (tecla.nome === 'ctrl+z') this.#options.aoSuspender();
      else if (tecla.nome === 'foco' || tecla.nome === 'sem foco') this.aoMudarFoco?.(tecla.nome === 'foco');
      else if (tecla.nome === 'resposta') this.aoResponder?.(tecla.texto);
      else this.#enfileirar(tecla);
    }
    const { esperaMs } = this.#leitor;
    if (esperaMs !== undefined) {
      this.#desistirDeEsperar = this.#options.agendar(esperaMs, () => this.#receber(this.#leitor.esgotar()));
    }
    this.#entregar();
  }

  /** Age já, à frente do que espera. */
  #interromper(): void {
    const ficou = this.#destino?.aoInterromper?.() ?? this.aoInterromper?.() ?? false;
    if (!ficou) this.#options.aoEncerrar();
  }

  #enfileirar(tecla: Tecla): void {
    this.#fila.push(tecla);
    this.#tamanhoDaFila += tamanhoDe(tecla);
    if (!this.#pausado && this.#tamanhoDaFila > MAXIMO_A_ESPERA) {
      this.#pausado = true;
      this.#options.entrada.pause();
    }
  }

  #tirarDaFila(): Tecla | undefined {
    const tecla = this.#fila.shift();
    if (!tecla) return undefined;
    this.#tamanhoDaFila -= tamanhoDe(tecla);
    if (this.#pausado && this.#tamanhoDaFila <= MAXIMO_A_ESPERA / 2) {
      this.#pausado = false;
      this.#options.entrada.resume();
    }
    return tecla;
  }

  #entregar(): void {
    if (this.#entregando) return;
    this.#entregando = true;
    try {
      for (let destino = this.#destino; destino; destino = this.#destino) {
        const tecla = this.#tirarDaFila();
        if (!tecla) break;
        if (tecla.nome === 'ctrl+d' && destino.vazio()) this.#options.aoEncerrar();
        else destino.aoTeclar(tecla);
      }
    } finally {
      this.#entregando = false;
    }
  }
}

/** Guardar uma tecla custa mais que os seus caracteres. */
const CUSTO_DE_UMA_TECLA = 64;

function tamanhoDe(tecla: Tecla): number {
  return CUSTO_DE_UMA_TECLA + ('texto' in tecla ? tecla.texto.length : 0);
}
