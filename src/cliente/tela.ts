/**
 * O único que escreve no terminal: linhas que ficam e, abaixo delas, um quadro que se redesenha (menu, pergunta).
 *
 * O inquirer conta com ser o único a escrever e apaga tantas fileiras quantas desenhou: qualquer linha alheia seria
 * destruída, ou o destruiria. Por isso as perguntas só entregam aqui o que querem mostrar, e a ordem é sempre a mesma:
 * apagar o quadro, escrever as linhas, desenhar o quadro.
 */

import { type Disposicao, dispor, type Quadro } from './quadro.ts';

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
  /** O quadro como está no terminal. */
  #desenhado: Disposicao | undefined;
  #linhas: string[] = [];
  #agendado = false;
  #suspensa = false;
  #fechada = false;

  constructor(saida: Saida) {
    this.#saida = saida;
    saida.on('resize', this.#aoMudarDeTamanho);
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
    this.#saida.off('resize', this.#aoMudarDeTamanho);
    this.#fechada = true;
  }

  /** Tudo o que acontece na mesma volta do event loop vira uma escrita só: uma colagem, uma página de mensagens. */
  #agendar(): void {
    if (this.#agendado) return;
    this.#agendado = true;
    queueMicrotask(() => this.#atualizar());
  }

  #atualizar(): void {
    this.#agendado = false;
    if (this.#suspensa || this.#fechada) return;
    // O sinal da mudança pode ainda estar a caminho: apagar pela largura antiga levaria uma linha alheia.
    this.#saida._refreshSize?.();
    const linhas = this.#linhas.map((linha) => `${linha}\r\n`).join('');
    this.#linhas = [];
    this.#escrever(this.#apagar() + linhas + this.#desenho());
  }

  #escrever(texto: string): void {
    if (!this.#fechada && texto !== '') this.#saida.write(texto);
  }

  #apagar(): string {
    const desenhado = this.#desenhado;
    this.#desenhado = undefined;
    if (!desenhado) return '';
    return `\r${subir(fileirasAcima(desenhado))}${APAGAR_ATE_O_FIM}`;
  }

  /** Com a quebra automática desligada, o quadro ocupa as fileiras contadas mesmo que o terminal meça outra largura. */
  #desenho(): string {
    if (!this.#quadro) return CURSOR_VISIVEL;
    const disposicao = dispor(this.#quadro, this.#colunas(), this.#alturaDoQuadro());
    this.#desenhado = disposicao;
    const { fileiras, cursor } = disposicao;
    const corpo = fileiras.map(({ texto }) => texto).join('\r\n');
    const volta = subir(fileiras.length - 1 - fileirasAcima(disposicao));
    const coluna = cursor ? `${ESC}${cursor.coluna + 1}G${CURSOR_VISIVEL}` : `\r${CURSOR_OCULTO}`;
    return `${SEM_QUEBRA_AUTOMATICA}${corpo}${COM_QUEBRA_AUTOMATICA}${volta}${coluna}`;
  }

  #colunas(): number {
    return this.#saida.columns || COLUNAS_PADRAO;
  }

  /** Sobra sempre uma fileira para o que se diz. */
  #alturaDoQuadro(): number {
    return (this.#saida.rows || FILEIRAS_PADRAO) - 1;
  }

  /** O terminal já repartiu as fileiras que não cabem na nova largura: as de cima do cursor são mais do que se desenhou. */
  readonly #aoMudarDeTamanho = (): void => {
    if (this.#desenhado) this.#desenhado = repartido(this.#desenhado, this.#colunas());
    this.#agendar();
  };
}

/** Quantas fileiras há entre o topo do quadro e onde o cursor ficou. */
function fileirasAcima({ fileiras, cursor }: Disposicao): number {
  return cursor?.fileira ?? fileiras.length - 1;
}

/** A fileira do cursor não conta: uns terminais a repartem, outros não, e apagar a menos não perde nada de ninguém. */
function repartido(desenhado: Disposicao, colunas: number): Disposicao {
  const acima = desenhado.fileiras
    .slice(0, fileirasAcima(desenhado))
    .reduce((total, { colunas: ocupadas }) => total + Math.max(1, Math.ceil(ocupadas / colunas)), 0);
  return { ...desenhado, cursor: { fileira: acima, coluna: desenhado.cursor?.coluna ?? 0 } };
}
