/**
 * O único que escreve no terminal: linhas que ficam e, abaixo delas, um quadro que se redesenha (menu, pergunta).
 *
 * O inquirer conta com ser o único a escrever e apaga tantas fileiras quantas desenhou: qualquer linha alheia seria
 * destruída, ou o destruiria. Por isso as perguntas só entregam aqui o que querem mostrar, e a ordem é sempre a mesma:
 * apagar o quadro, escrever as linhas, desenhar o quadro.
 *
 * Quantas fileiras um quadro ocupa, só o terminal sabe: a janela muda antes que nos digam, com escritas a caminho, e uns
 * terminais repartem as fileiras que já não cabem, outros as cortam. Por isso nunca se sobe para apagar: o cursor espera
 * sempre na primeira fileira do quadro, e o que está acima dele é das linhas, aconteça o que acontecer. Se o que se digita
 * passa da primeira fileira, o cursor que se vê é pintado, e o do terminal fica oculto no começo do quadro.
 *
 * O que pode sobrar, ao estreitar a janela, é um resto do próprio quadro: a primeira fileira, se o cursor estava além da
 * nova largura e o terminal a repartiu (tmux); as que o terminal repartiu, se desce com elas um cursor que estava acima
 * (xterm.js). Perguntar-lhe onde o cursor ficou (ESC[6n) não distingue sempre uns dos outros, e a resposta chegaria entre
 * as teclas. Dizer ao terminal que as fileiras são uma linha só as deixaria no lugar, mas então elas se juntam ao alargar,
 * e uma mudança no meio de um quadro levaria uma linha.
 */

import { dispor, type Quadro } from './quadro.ts';

/** O que se usa de um terminal. */
export interface Saida {
  write(texto: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on(evento: 'resize', ouvinte: () => void): unknown;
  off(evento: 'resize', ouvinte: () => void): unknown;
  /** Do Node: mede a janela agora, e avisa se ela mudou. */
  _refreshSize?(): void;
}

/** O que se pede a uma tela, qualquer que seja o terminal. */
export interface TelaDeTerminal {
  /** Mostra linhas acima do quadro. @param linhas já sem nada que um terminal obedeceria */
  mostrar(...linhas: readonly string[]): void;
  /** Chama a atenção de quem olha para outro lado. */
  tocar(): void;
  /** Troca o quadro. */
  desenhar(quadro: Quadro): void;
  /** Tira o quadro. */
  retirar(): void;
  /** Deixa o terminal como o encontrou, até `retomar`. */
  suspender(): void;
  retomar(): void;
  /** Escreve o que falta e deixa o terminal como o encontrou. */
  close(): void;
}

const COLUNAS_PADRAO = 80;
const FILEIRAS_PADRAO = 24;

const ESC = '\u001b[';
const SINO = '\u0007';
const APAGAR_ATE_O_FIM = `${ESC}J`;
const SEM_QUEBRA_AUTOMATICA = `${ESC}?7l`;
const COM_QUEBRA_AUTOMATICA = `${ESC}?7h`;
const CURSOR_VISIVEL = `${ESC}?25h`;
const CURSOR_OCULTO = `${ESC}?25l`;
/** O terminal marca onde começa e acaba o que se cola: colado não é digitado. */
const MARCAR_COLAGEM = `${ESC}?2004h`;
const NAO_MARCAR_COLAGEM = `${ESC}?2004l`;

function subir(fileiras: number): string {
  return fileiras > 0 ? `${ESC}${fileiras}A` : '';
}

export class Tela implements TelaDeTerminal {
  readonly #saida: Saida;
  #quadro: Quadro | undefined;
  /** Se há um quadro no terminal, e o cursor está na primeira fileira dele. */
  #desenhado = false;
  #linhas: string[] = [];
  #agendado = false;
  #suspensa = false;
  #fechada = false;

  constructor(saida: Saida) {
    this.#saida = saida;
    saida.on('resize', this.#agendar);
    saida.write(MARCAR_COLAGEM);
  }

  mostrar(...linhas: readonly string[]): void {
    this.#linhas.push(...linhas);
    this.#agendar();
  }

  tocar(): void {
    if (!this.#suspensa) this.#escrever(SINO);
  }

  desenhar(quadro: Quadro): void {
    this.#quadro = quadro;
    this.#agendar();
  }

  retirar(): void {
    this.#quadro = undefined;
    this.#agendar();
  }

  suspender(): void {
    this.#atualizar();
    this.#escrever(this.#apagar() + NAO_MARCAR_COLAGEM + CURSOR_VISIVEL);
    this.#suspensa = true;
  }

  retomar(): void {
    this.#suspensa = false;
    this.#escrever(MARCAR_COLAGEM);
    this.#atualizar();
  }

  close(): void {
    if (this.#fechada) return;
    this.#quadro = undefined;
    this.suspender();
    this.#saida.off('resize', this.#agendar);
    this.#fechada = true;
  }

  /** Tudo o que acontece na mesma volta do event loop vira uma escrita só: uma colagem, uma página de mensagens. */
  readonly #agendar = (): void => {
    if (this.#agendado) return;
    this.#agendado = true;
    queueMicrotask(() => this.#atualizar());
  };

  #atualizar(): void {
    this.#agendado = false;
    if (this.#suspensa || this.#fechada) return;
    // O sinal da mudança pode ainda estar a caminho: mais vale já desenhar na largura nova.
    this.#saida._refreshSize?.();
    const linhas = this.#linhas.map((linha) => `${linha}\r\n`).join('');
    this.#linhas = [];
    this.#escrever(this.#apagar() + linhas + this.#desenho());
  }

  #escrever(texto: string): void {
    if (!this.#fechada && texto !== '') this.#saida.write(texto);
  }

  #apagar(): string {
    if (!this.#desenhado) return '';
    this.#desenhado = false;
    return `\r${APAGAR_ATE_O_FIM}`;
  }

  /** Com a quebra automática desligada, o quadro ocupa as fileiras contadas mesmo que o terminal meça outra largura. */
  #desenho(): string {
    if (!this.#quadro) return CURSOR_VISIVEL;
    this.#desenhado = true;
    const { fileiras, coluna } = dispor(this.#quadro, this.#colunas(), this.#alturaDoQuadro());
    const corpo = SEM_QUEBRA_AUTOMATICA + fileiras.join('\r\n') + COM_QUEBRA_AUTOMATICA;
    const cursor = coluna === undefined ? CURSOR_OCULTO : `${ESC}${coluna + 1}G${CURSOR_VISIVEL}`;
    return `${corpo}\r${subir(fileiras.length - 1)}${cursor}`;
  }

  #colunas(): number {
    return this.#saida.columns || COLUNAS_PADRAO;
  }

  /** Sobra sempre uma fileira para o que se diz. */
  #alturaDoQuadro(): number {
    return (this.#saida.rows || FILEIRAS_PADRAO) - 1;
  }
}
