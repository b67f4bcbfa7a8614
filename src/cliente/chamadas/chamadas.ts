/** Chamar e, quando o tempo cura a falha, chamar de novo; a queda e a volta são ditas a quem ouve. */

import { setTimeout as esperar } from 'node:timers/promises';
import { ContractError } from '../../contract/errors.ts';
import type { Conexao, NomeDeProcedimento, ParamsDe, ResultadoDe } from './conexao.ts';
import type { Contato } from './contato.ts';
import { ehPassageira, esperaPedidaMs } from './explicar.ts';

interface ChamadasOptions {
  readonly conexao: Conexao;
  readonly contato: Contato;
  /** Entre uma tentativa e a seguinte, se o servidor não pede mais. */
  readonly intervaloMs: number;
}

export class Chamadas {
  readonly #options: ChamadasOptions;
  readonly #fim = new AbortController();

  constructor(options: ChamadasOptions) {
    this.#options = options;
  }

  async chamar<N extends NomeDeProcedimento>(nome: N, params: ParamsDe<N>): Promise<ResultadoDe<N>> {
    const { conexao, contato } = this.#options;
    try {
      const resultado = await conexao.chamar(nome, params);
      contato.voltou();
      return resultado;
    } catch (erro) {
      // Quem recusa também respondeu.
      if (erro instanceof ContractError && !ehPassageira(erro)) contato.voltou();
      throw erro;
    }
  }

  /** @param vale se a falha é das que se esperam; as outras são de quem chamou */
  async insistir<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    vale: (erro: unknown) => boolean = ehPassageira,
  ): Promise<ResultadoDe<N>> {
    const { contato, intervaloMs } = this.#options;
    for (;;) {
      try {
        return await this.chamar(nome, params);
      } catch (erro) {
        if (!vale(erro)) throw erro;
        contato.perdeu(erro);
        await esperar(esperaPedidaMs(erro, intervaloMs), undefined, { signal: this.#fim.signal });
      }
    }
  }

  /** Ninguém mais insiste. */
  parar(): void {
    this.#fim.abort();
  }
}
