/**
 * Vários endereços que oferecem o mesmo contrato sobre os mesmos dados: fica-se com o que responde, e passa-se ao
 * seguinte quando ele deixa de responder.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Contract, Procedures } from '../../contract/procedure.ts';
import { type Conexoes, criarRemoto, type Remote, UnreachableError } from './remote.ts';

interface Equivalente<P extends Procedures> {
  readonly url: string;
  readonly remoto: Remote<P>;
}

export class Equivalentes<P extends Procedures> {
  readonly #todos: readonly Equivalente<P>[];
  #atual = 0;

  /** @param urls ao menos uma, na ordem em que se tentam */
  constructor(contract: Contract<P>, urls: readonly string[], conexoes: Conexoes) {
    this.#todos = urls.map((url) => ({ url, remoto: criarRemoto(contract, url, conexoes) }));
  }

  /**
   * Tenta cada um uma vez, a começar pelo que respondeu da última vez.
   * @param agir recomeça inteiro no seguinte: só o que não age duas vezes
   * @throws o que um deles recusou; se nenhum respondeu, a falha do último
   */
  async chamar<T>(agir: (remoto: Remote<P>, url: string) => Promise<T>): Promise<T> {
    let indice = this.#atual;
    for (let restam = this.#todos.length; ; restam -= 1) {
      const { remoto, url } = this.#todos[indice] as Equivalente<P>;
      try {
        return await agir(remoto, url);
      } catch (erro) {
        if (!naoResponde(erro)) throw erro;
        const seguinte = (indice + 1) % this.#todos.length;
        // Outra chamada pode já ter passado adiante.
        if (this.#atual === indice) this.#atual = seguinte;
        if (restam === 1) throw erro;
        indice = seguinte;
      }
    }
  }
}

/** Este endereço não dá agora uma resposta que sirva; outro, sobre os mesmos dados, talvez dê. */
export function naoResponde(erro: unknown): boolean {
  if (erro instanceof ContractError) return erro.tipo === 'SERVICO_INDISPONIVEL';
  return erro instanceof UnreachableError && erro.motivo !== 'cancelada';
}
