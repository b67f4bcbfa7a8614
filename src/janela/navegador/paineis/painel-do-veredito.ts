/** O veredito, embaixo: o que se confirmou e o que deu errado desde que se começou a contar. */

import type { Veredito } from '../../../contract/janela.ts';
import { contarDesde } from '../../pagina/contagem.ts';
import { achar, botao, elemento } from '../elementos.ts';

/** Nestas, todo número que não é zero é um defeito. */
const CONTAGENS: readonly { readonly nome: keyof Veredito; readonly rotulo: string; readonly defeito: boolean }[] = [
  { nome: 'enviadas', rotulo: 'enviadas', defeito: false },
  { nome: 'confirmadas', rotulo: 'confirmadas', defeito: false },
  { nome: 'entregues', rotulo: 'entregues', defeito: false },
  { nome: 'perdidas', rotulo: 'perdidas', defeito: true },
  { nome: 'dobradas', rotulo: 'dobradas', defeito: true },
  { nome: 'fora_de_ordem', rotulo: 'fora de ordem', defeito: true },
  { nome: 'vazadas', rotulo: 'vazadas', defeito: true },
];

export class PainelDoVeredito {
  readonly #rodape = achar('veredito');
  readonly #contagens = elemento('div', { class: 'contagens' });
  readonly #desde = elemento('small', {}, 'desde o começo');
  #inteiro: Veredito | undefined;
  #antes: Veredito | undefined;

  constructor() {
    const zerar = botao('Zerar o veredito', () => this.zerar(), { id: 'zerar-veredito' });
    this.#rodape.replaceChildren(this.#contagens, elemento('div', { class: 'zerar' }, zerar, this.#desde));
  }

  /** O que se conta agora; `undefined` antes do primeiro. */
  get veredito(): Veredito | undefined {
    return this.#inteiro && contarDesde(this.#inteiro, this.#antes);
  }

  /** @param inteiro o do laboratório, desde que ele começou */
  receber(inteiro: Veredito): void {
    this.#inteiro = inteiro;
    this.#mostrar();
  }

  /** Conta daqui em diante. */
  zerar(): void {
    if (!this.#inteiro) return;
    this.#antes = this.#inteiro;
    this.#desde.textContent = `desde ${new Date().toLocaleTimeString('pt-BR')}`;
    this.#mostrar();
  }

  #mostrar(): void {
    const { veredito } = this;
    if (!veredito) return;
    this.#rodape.hidden = false;
    const defeitos = CONTAGENS.filter(({ nome, defeito }) => defeito && veredito[nome] > 0);
    const sentenca = defeitos.map(({ nome, rotulo }) => `${veredito[nome]} ${rotulo}`).join(', ');
    this.#contagens.replaceChildren(
      elemento(
        'strong',
        { class: 'sentenca', 'data-mal': defeitos.length > 0 ? 'sim' : 'nao' },
        defeitos.length > 0 ? `✕ ${sentenca}` : '✓ Tudo chegou, uma vez e em ordem',
      ),
      ...CONTAGENS.map(({ nome, rotulo, defeito }) => {
        const mal = defeito ? (veredito[nome] > 0 ? 'sim' : 'nao') : undefined;
        const numero = elemento('b', {}, `${veredito[nome]}`);
        return elemento('span', { 'data-contagem': nome, 'data-mal': mal }, numero, rotulo);
      }),
    );
  }
}
