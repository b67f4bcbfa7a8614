/**
 * Um terminal que não obedece a controles (TERM=dumb): só se acrescenta texto, nada se apaga nem se redesenha.
 * O que muda abaixo da linha se escreve de novo; o que se digita se acrescenta a ela.
 */

import type { Quadro } from './quadro.ts';
import type { Saida, TelaDeTerminal } from './tela.ts';

const QUEBRA = '\r\n';

export class TelaSimples implements TelaDeTerminal {
  readonly #saida: Saida;
  /** O que já se escreveu da linha em que se digita. */
  #parcial = '';
  /** As outras linhas do quadro, como se escreveram por último. */
  #fixas = '';
  #fechada = false;

  constructor(saida: Saida) {
    this.#saida = saida;
  }

  mostrar(...linhas: readonly string[]): void {
    if (linhas.length === 0) return;
    const parcial = this.#parcial;
    this.#fecharLinha();
    this.#escrever(linhas.map((linha) => linha + QUEBRA).join('') + parcial);
    this.#parcial = parcial;
  }

  tocar(): void {
    this.#escrever('\u0007');
  }

  desenhar({ linhas, cursor }: Quadro): void {
    const fixas = linhas
      .filter((_, indice) => indice !== cursor?.linha)
      .map(({ texto }) => texto + QUEBRA)
      .join('');
    const linha = cursor ? (linhas[cursor.linha]?.texto ?? '') : '';
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
    this.#fecharLinha();
    this.#fixas = '';
  }

  suspender(): void {
    this.retirar();
  }

  retomar(): void {}

  close(): void {
    this.retirar();
    this.#fechada = true;
  }

  #fecharLinha(): void {
    if (this.#parcial !== '') this.#escrever(QUEBRA);
    this.#parcial = '';
  }

  #escrever(texto: string): void {
    if (!this.#fechada && texto !== '') this.#saida.write(texto);
  }
}
