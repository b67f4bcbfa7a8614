/**
 * O único que escreve no terminal: linhas que ficam e, abaixo delas, um quadro que se redesenha (menu, pergunta).
 *
 * O inquirer supõe que só ele escreve, e apaga tantas fileiras quantas desenhou: apagaria as linhas que chegam. Por isso
 * as perguntas só entregam aqui o que querem mostrar, e a ordem é sempre a mesma: apagar o quadro, escrever as linhas,
 * desenhar o quadro.
 *
 * Só o terminal sabe quantas fileiras um quadro ocupa: a janela muda antes que se saiba, com escritas a caminho, e o que
 * deixou de caber alguns terminais repartem e outros cortam. Por isso o cursor nunca sobe para apagar: ele espera sempre
 * na primeira fileira do quadro, e o que está acima dele são as linhas. Se o que se digita passa da primeira fileira, o
 * cursor que se vê é pintado, e o do terminal fica oculto no começo do quadro.
 *
 * Ao estreitar a janela pode sobrar um resto do próprio quadro: a primeira fileira, se o cursor estava além da nova
 * largura e o terminal a repartiu (tmux); as fileiras que o terminal repartiu, se o cursor, que estava acima delas, desce
 * com elas (xterm.js). Perguntar ao terminal onde o cursor ficou (ESC[6n) nem sempre distingue um caso do outro, e a
 * resposta chegaria entre as teclas. Escrever as fileiras como uma linha só as deixaria no lugar, mas elas se juntariam
 * ao alargar a janela, e uma mudança no meio de um quadro levaria uma linha.
 */

import type { Codificacao } from './codificacao.ts';
import { emFileiras, type Linha, type ListaMostrada } from './fileiras.ts';
import { dispor, type Quadro } from './quadro.ts';
import type { ComoAvisa } from './recursos.ts';

/** O que se usa da saída do terminal. */
export interface Saida {
  write(texto: string | Buffer): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on(evento: 'resize', ouvinte: () => void): unknown;
  off(evento: 'resize', ouvinte: () => void): unknown;
  /** Do Node: mede a janela agora, e avisa se ela mudou; o sinal da mudança pode ainda estar a caminho. */
  _refreshSize?(): void;
}

/** O que se pede a uma tela, qualquer que seja o terminal. */
export interface TelaDeTerminal {
  /** Mostra linhas acima do quadro, cada uma já sem nada que um terminal obedeceria. */
  mostrar(...linhas: readonly (string | Linha | ListaMostrada)[]): void;
  /** Chama a atenção de quem olha para outro lado. */
  tocar(): void;
  /** Pede ao sistema que avise, onde o terminal sabe fazê-lo; nada que um terminal obedeceria passa. */
  notificar(texto: string): void;
  /** Pergunta a cor do fundo; a resposta, se vem, chega pelo teclado. */
  perguntarFundo(): void;
  /** Põe o título da janela, até `close`; nada que um terminal obedeceria passa. */
  intitular(texto: string): void;
  /** Troca o quadro. */
  desenhar(quadro: Quadro): void;
  /** Tira o quadro. */
  retirar(): void;
  /** Apaga o que se vê, como Ctrl+L no readline, e desenha o quadro no alto. */
  limpar(): void;
  /** Deixa o terminal como o encontrou, até `retomar`. */
  suspender(): void;
  /** O terminal é nosso de novo, tenha-se suspendido ou não: outro programa pode ter escrito nele. */
  retomar(): void;
  /** Escreve o que falta e deixa o terminal como o encontrou. */
  close(): void;
}

export const COLUNAS_PADRAO = 80;
const FILEIRAS_PADRAO = 24;

const ESC = '\u001b[';
const SINO = '\u0007';
const APAGAR_ATE_O_FIM = `${ESC}J`;
const APAGAR_TUDO = `${ESC}H${ESC}2J`;
const SEM_QUEBRA_AUTOMATICA = `${ESC}?7l`;
const COM_QUEBRA_AUTOMATICA = `${ESC}?7h`;
const CURSOR_VISIVEL = `${ESC}?25h`;
const CURSOR_OCULTO = `${ESC}?25l`;
/** Pede ao terminal que marque onde começa e onde acaba o que se cola: o que se cola não é digitado. */
const MARCAR_COLAGEM = `${ESC}?2004h`;
const NAO_MARCAR_COLAGEM = `${ESC}?2004l`;
/** Pede ao terminal que diga quando ganha e quando perde o foco (xterm, modo 1004). */
const DIZER_O_FOCO = `${ESC}?1004h`;
const NAO_DIZER_O_FOCO = `${ESC}?1004l`;
/** OSC 11 (xterm, ctlseqs). */
const PERGUNTA_DO_FUNDO = '\u001b]11;?\u001b\\';
/** Um título ou um aviso mais longo que isto nenhum terminal mostra, em caracteres. */
const MAXIMO_DA_CADEIA = 100;
/** O título que se achou se guarda na pilha do terminal (xterm, XTWINOPS); onde não há pilha, fica vazio. */
const GUARDAR_TITULO = `${ESC}22;2t`;
const DEVOLVER_TITULO = `${cadeiaOsc('2', '')}${ESC}23;2t`;

/** Um controle acabaria a cadeia, e o resto dela seria obedecido. */
function cadeiaOsc(comando: string, texto: string): string {
  const semControles = [...texto.replace(/\p{Cc}/gu, '')].slice(0, MAXIMO_DA_CADEIA).join('');
  return `\u001b]${comando};${semControles}${SINO}`;
}

/** O do kitty acaba em ST; o do urxvt tem um título, e um ponto e vírgula separa as partes. */
function avisoOsc(avisa: ComoAvisa, texto: string): string {
  if (avisa === 99) return cadeiaOsc('99', `;${texto}`).replace(SINO, '\u001b\\');
  return avisa === 777 ? cadeiaOsc('777', `notify;Chat;${texto.replaceAll(';', ',')}`) : cadeiaOsc('9', texto);
}

function subir(fileiras: number): string {
  return fileiras > 0 ? `${ESC}${fileiras}A` : '';
}

export class Tela implements TelaDeTerminal {
  readonly #saida: Saida;
  readonly #codificar: Codificacao['codificar'];
  readonly #avisa: ComoAvisa;
  #titulo: string | undefined;
  #quadro: Quadro | undefined;
  /** Se há um quadro no terminal, e o cursor está na primeira fileira dele. */
  #desenhado = false;
  #linhas: (string | Linha | ListaMostrada)[] = [];
  #agendado = false;
  #suspensa = false;
  #fechada = false;

  constructor(saida: Saida, { codificar }: Pick<Codificacao, 'codificar'>, avisa: ComoAvisa = 9) {
    this.#saida = saida;
    this.#avisa = avisa;
    this.#codificar = codificar;
    saida.on('resize', this.#agendar);
    this.#escrever(MARCAR_COLAGEM + DIZER_O_FOCO);
  }

  mostrar(...linhas: readonly (string | Linha | ListaMostrada)[]): void {
    this.#linhas.push(...linhas);
    this.#agendar();
  }

  tocar(): void {
    if (!this.#suspensa) this.#escrever(SINO);
  }

  notificar(texto: string): void {
    if (!this.#suspensa) this.#escrever(avisoOsc(this.#avisa, texto));
  }

  perguntarFundo(): void {
    this.#escrever(PERGUNTA_DO_FUNDO);
  }

  intitular(texto: string): void {
    if (texto === this.#titulo) return;
    const guardar = this.#titulo === undefined ? GUARDAR_TITULO : '';
    this.#titulo = texto;
    if (!this.#suspensa) this.#escrever(guardar + cadeiaOsc('2', texto));
  }

  desenhar(quadro: Quadro): void {
    this.#quadro = quadro;
    this.#agendar();
  }

  retirar(): void {
    this.#quadro = undefined;
    this.#agendar();
  }

  limpar(): void {
    if (this.#suspensa) return;
    this.#desenhado = false;
    this.#escrever(APAGAR_TUDO);
    this.#agendar();
  }

  suspender(): void {
    this.#atualizar();
    const titulo = this.#titulo === undefined || this.#suspensa ? '' : DEVOLVER_TITULO;
    this.#escrever(this.#apagar() + NAO_DIZER_O_FOCO + titulo + NAO_MARCAR_COLAGEM + CURSOR_VISIVEL);
    this.#suspensa = true;
  }

  retomar(): void {
    const titulo = this.#titulo === undefined ? '' : cadeiaOsc('2', this.#titulo);
    const guardar = titulo !== '' && this.#suspensa ? GUARDAR_TITULO : '';
    this.#suspensa = false;
    this.#escrever(MARCAR_COLAGEM + DIZER_O_FOCO + guardar + titulo);
    // O cursor pode estar onde o quadro estava, ou abaixo do que outro programa escreveu.
    this.#desenhado = this.#quadro !== undefined;
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
    this.#saida._refreshSize?.();
    const linhas = this.#linhas.map((linha) => emFileiras(linha, this.#colunas())).join('');
    this.#linhas = [];
    this.#escrever(this.#apagar() + linhas + this.#desenho());
  }

  #escrever(texto: string): void {
    if (!this.#fechada && texto !== '') this.#saida.write(this.#codificar(texto));
  }

  #apagar(): string {
    if (!this.#desenhado) return '';
    this.#desenhado = false;
    return `\r${APAGAR_ATE_O_FIM}`;
  }

  /**
   * Com a quebra automática desligada, o quadro ocupa as fileiras contadas mesmo que o terminal meça outra largura. Pelo
   * mesmo motivo, o cursor vai ao seu lugar escrevendo de novo o que vem antes dele: quem mede é o terminal.
   */
  #desenho(): string {
    if (!this.#quadro) return CURSOR_VISIVEL;
    this.#desenhado = true;
    const { fileiras, antesDoCursor } = dispor(this.#quadro, this.#colunas(), this.#alturaDoQuadro());
    const corpo = `${fileiras.join('\r\n')}\r${subir(fileiras.length - 1)}${antesDoCursor ?? ''}`;
    const cursor = antesDoCursor === undefined ? CURSOR_OCULTO : CURSOR_VISIVEL;
    return SEM_QUEBRA_AUTOMATICA + corpo + COM_QUEBRA_AUTOMATICA + cursor;
  }

  #colunas(): number {
    return this.#saida.columns || COLUNAS_PADRAO;
  }

  /** Sobra sempre uma fileira para o que se diz. */
  #alturaDoQuadro(): number {
    return (this.#saida.rows || FILEIRAS_PADRAO) - 1;
  }
}
