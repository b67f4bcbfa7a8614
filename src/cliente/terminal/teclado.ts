/**
 * O único que lê o terminal: cada tecla vai para a pergunta aberta, uma por vez, ou espera pela próxima pergunta.
 * É assim que `2⏎Geral⏎1⏎` digitado de um fôlego, ou antes da hora, chega inteiro a quem deve.
 */

import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';

export interface Tecla {
  /** O texto que a tecla insere; `undefined` numa seta, por exemplo. */
  readonly texto: string | undefined;
  readonly key: Key;
}

/** Quem recebe as teclas enquanto está ligado. */
export interface Destino {
  readonly aoTeclar: (tecla: Tecla) => void;
  /** Se não há nada digitado: então Ctrl+D é sair. */
  readonly vazio: () => boolean;
}

export interface TecladoOptions {
  readonly entrada: ReadStream;
  /** Ctrl+C, Ctrl+D com a linha vazia, ou o terminal que se fechou. */
  readonly aoEncerrar: () => void;
  /** Ctrl+Z: prepara o terminal para outro programa, e depois o retoma. */
  readonly aoSuspender: () => void;
  readonly aoRetomar: () => void;
}

/** O nome da tecla com que uma colagem inteira chega. */
export const COLAGEM = 'colagem';

/** A tecla de uma colagem: quem aceita várias linhas as tem separadas. */
export interface Colagem extends Key {
  readonly linhas?: readonly string[];
}

/** Uma quebra de linha colada não confirma nada, e um controle colado não age. */
const QUEBRA = /\r\n|\r|\n/;
const QUEBRAS_E_TABS = /[\r\n\t]+/g;
const CONTROLES = /\p{Cc}/gu;
const CONTROLE = /\p{Cc}/u;

/** Mais teclas à espera que isto são lixo despejado no terminal, não alguém digitando. */
const MAXIMO_NA_FILA = 10_000;

export class Teclado {
  readonly #options: TecladoOptions;
  #fila: Tecla[] = [];
  #destino: Destino | undefined;
  #entregando = false;
  /** O que se colou até agora, enquanto a colagem não acaba. */
  #colado: string | undefined;
  #anterior: string | undefined;

  constructor(options: TecladoOptions) {
    this.#options = options;
    const { entrada, aoEncerrar } = options;
    emitKeypressEvents(entrada);
    entrada.on('keypress', this.#aoTeclar);
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

  close(): void {
    const { entrada } = this.#options;
    entrada.off('keypress', this.#aoTeclar);
    if (entrada.isTTY) entrada.setRawMode(false);
    entrada.pause();
  }

  readonly #aoTeclar = (texto: string | undefined, key: Key): void => {
    if (this.#colar(key)) return;
    // Quem manda as duas quis dizer um Enter só.
    const lfDepoisDeCr = key.name === 'enter' && this.#anterior === 'return';
    this.#anterior = key.name;
    if (key.ctrl && key.name === 'c') this.#options.aoEncerrar();
    else if (key.ctrl && key.name === 'z') this.#suspender();
    else if (!lfDepoisDeCr) this.#enfileirar({ texto: semControle(texto), key });
  };

  /** @returns se a tecla era parte de uma colagem */
  #colar(key: Key): boolean {
    const { name, sequence = '' } = key;
    if ((name as string) === 'paste-start') {
      this.#colado = '';
      return true;
    }
    if (this.#colado === undefined) return false;
    if ((name as string) !== 'paste-end') {
      this.#colado += sequence;
      return true;
    }
    const linhas = this.#colado.split(QUEBRA).map(emUmaLinha);
    const texto = emUmaLinha(this.#colado);
    this.#colado = undefined;
    const colagem: Colagem = { name: COLAGEM, sequence: texto, linhas };
    if (texto !== '') this.#enfileirar({ texto, key: colagem });
    return true;
  }

  #enfileirar(tecla: Tecla): void {
    if (this.#fila.length < MAXIMO_NA_FILA) this.#fila.push(tecla);
    this.#entregar();
  }

  #entregar(): void {
    if (this.#entregando) return;
    this.#entregando = true;
    try {
      for (let destino = this.#destino; destino; destino = this.#destino) {
        const tecla = this.#fila.shift();
        if (!tecla) break;
        if (tecla.key.ctrl && tecla.key.name === 'd' && destino.vazio()) this.#options.aoEncerrar();
        else destino.aoTeclar(tecla);
      }
    } finally {
      this.#entregando = false;
    }
  }

  /** No Windows não há a quem devolver o terminal. */
  #suspender(): void {
    if (process.platform === 'win32') return;
    const { entrada, aoSuspender, aoRetomar } = this.#options;
    aoSuspender();
    entrada.setRawMode(false);
    process.once('SIGCONT', () => {
      entrada.setRawMode(true);
      aoRetomar();
    });
    process.kill(process.pid, 'SIGTSTP');
  }
}

function emUmaLinha(colado: string): string {
  return colado.replace(QUEBRAS_E_TABS, ' ').replace(CONTROLES, '');
}

function semControle(texto: string | undefined): string | undefined {
  return texto !== undefined && CONTROLE.test(texto) ? undefined : texto;
}
