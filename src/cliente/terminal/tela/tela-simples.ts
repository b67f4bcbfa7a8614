/**
 * Um terminal que não obedece a controles (TERM=dumb): só se acrescenta texto, nada se apaga nem se redesenha.
 * O que muda abaixo da linha se escreve de novo; o que se digita se acrescenta a ela.
 */

import type { Codificacao } from './codificacao.ts';
import { emFileiras, type Linha, type ListaMostrada } from './fileiras.ts';
import { emColunas } from './lista.ts';
import type { Quadro } from './quadro.ts';
import { COLUNAS_PADRAO, type Saida, type TelaDeTerminal } from './tela.ts';

const QUEBRA = '\r\n';

export class TelaSimples implements TelaDeTerminal {
  readonly #saida: Saida;
  readonly #codificar: Codificacao['codificar'];
  /** O que já se escreveu da linha em que se digita. */
  #parcial = '';
  #quadro: Quadro | undefined;
  /** As outras linhas do quadro, como se escreveram por último. */
  #fixas = '';
  #fechada = false;

  constructor(saida: Saida, { codificar }: Pick<Codificacao, 'codificar'>) {
    this.#saida = saida;
    this.#codificar = codificar;
  }

  mostrar(...linhas: readonly (string | Linha | ListaMostrada)[]): void {
    if (linhas.length === 0) return;
    const colunas = this.#saida.columns || COLUNAS_PADRAO;
    const parcial = this.#parcial;
    this.#fecharLinha();
    this.#escrever(linhas.map((linha) => emFileiras(linha, colunas)).join('') + parcial);
    this.#parcial = parcial;
  }

  tocar(): void {
    this.#escrever('\u0007');
  }

  /** Não obedece a controles, e este é um. */
  notificar(): void {}

  /** Como `notificar`. */
  perguntarFundo(): void {}

  /** Como `notificar`. */
  intitular(): void {}

  desenhar(quadro: Quadro): void {
    this.#quadro = quadro;
    const { linhas, cursor } = quadro;
    const colunas = this.#saida.columns || COLUNAS_PADRAO;
    const fixas = linhas
      .filter((_, indice) => indice !== cursor?.linha)
      .flatMap((linha) => ('lista' in linha ? emColunas(linha.lista, colunas) : [linha]))
      .map(({ texto }) => texto + QUEBRA)
      .join('');
    const comCursor = cursor && linhas[cursor.linha];
    const linha = comCursor && 'texto' in comCursor ? comCursor.texto.replaceAll('\n', QUEBRA) : '';
    if (fixas !== this.#fixas) {
      this.#fecharLinha();
      this.#escrever(fixas);
      this.#fixas = fixas;
    }
    if (!linha.startsWith(this.#parcial)) this.#fecharLinha();
    this.#escrever(linha.slice(this.#parcial.length));
    this.#parcial = linha;
  }

  retirar(): void {
    this.#quadro = undefined;
    this.#interromper();
  }

  limpar(): void {
    this.retomar();
  }

  suspender(): void {
    this.#interromper();
  }

  retomar(): void {
    this.#interromper();
    if (this.#quadro) this.desenhar(this.#quadro);
  }

  close(): void {
    this.retirar();
    this.#fechada = true;
  }

  /** O que vier depois se escreve desde o começo. */
  #interromper(): void {
    this.#fecharLinha();
    this.#fixas = '';
  }

  #fecharLinha(): void {
    if (this.#parcial !== '') this.#escrever(QUEBRA);
    this.#parcial = '';
  }

  #escrever(texto: string): void {
    if (!this.#fechada && texto !== '') this.#saida.write(this.#codificar(texto));
  }
}
