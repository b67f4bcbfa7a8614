/**
 * Vários endereços que oferecem o mesmo contrato sobre os mesmos dados: fica-se com o que responde, e passa-se ao
 * seguinte quando ele deixa de responder.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Contract, Procedures } from '../../contract/procedure.ts';
import type { Conexoes } from './http.ts';
import { cabe } from './passos.ts';
import { criarRemoto, type Remote } from './remote.ts';

interface Alternativa<P extends Procedures> {
  readonly url: string;
  readonly remoto: Remote<P>;
}

export class Alternativas<P extends Procedures> {
  readonly #todas: readonly Alternativa<P>[];
  #atual = 0;

  /** @param urls ao menos uma, na ordem em que se tentam */
  constructor(contract: Contract<P>, urls: readonly string[], conexoes: Conexoes) {
    this.#todas = urls.map((url) => ({ url, remoto: criarRemoto(contract, url, conexoes) }));
  }

  /**
   * Tenta cada uma uma vez, a começar pela que respondeu da última vez.
   * @param agir recomeça inteiro na seguinte: só o que se pode repetir sem efeito
   * @throws o que a primeira que respondeu recusou; se nenhuma respondeu, a falha da última
   */
  async chamar<T>(agir: (remoto: Remote<P>, url: string) => Promise<T>): Promise<T> {
    let indice = this.#atual;
    let recusa: ContractError | undefined;
    for (let restam = this.#todas.length; ; restam -= 1) {
      const { remoto, url } = this.#todas[indice] as Alternativa<P>;
      try {
        return await agir(remoto, url);
      } catch (erro) {
        if (!cabe('outro_endereco', erro, 'nenhum')) throw erro;
        const seguinte = (indice + 1) % this.#todas.length;
        // Outra chamada pode já ter passado adiante.
        if (this.#atual === indice) this.#atual = seguinte;
        // O que uma respondeu conta mais do que o silêncio de outra.
        if (erro instanceof ContractError) recusa ??= erro;
        if (restam === 1) throw recusa ?? erro;
        indice = seguinte;
      }
    }
  }
}
