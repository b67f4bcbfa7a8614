/**
 * Insistir numa chamada enquanto esperar pode curar a falha. O que cada falha permite está em `rpc/client/passos.ts`;
 * quem chama só diz por quanto tempo se insiste.
 */

import { setMaxListeners } from 'node:events';
import { CHAT_PROCEDURES } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { efeitoDeRepetir } from '../../contract/procedure.ts';
import type { Temporizador } from '../../process/clock.ts';
import { esperaPedidaMs } from '../../rpc/client/falhas.ts';
import { cabe } from '../../rpc/client/passos.ts';
import type { Contato } from './contato.ts';
import { ehPassageira } from './falhas.ts';
import type { NomeDeProcedimento, OpcoesDaChamada, ParamsDe, ResultadoDe, Servico } from './servico.ts';

interface TentativasOptions {
  readonly servico: Pick<Servico, 'chamar'>;
  readonly clock: Temporizador;
  /** Sabe de cada resposta e de cada pausa. */
  readonly contato: Contato;
  /** Entre uma tentativa e a seguinte, se o servidor não pede mais. */
  readonly intervaloMs: number;
}

export interface OpcoesDaTentativa<N extends NomeDeProcedimento = NomeDeProcedimento> extends OpcoesDaChamada {
  /** O que se pede a partir da segunda tentativa; sem isso, o mesmo. */
  readonly paramsDeNovo?: ParamsDe<N>;
  /** A chamada falhou, e vai sair outra vez. */
  readonly aoTentarDeNovo?: (() => void) | undefined;
  /** Por quanto tempo se insiste, em ms: 0 (o que vale sem ele) para uma vez só, `Infinity` até dar certo. */
  readonly insistirMs?: number | undefined;
}

export class Tentativas {
  readonly #options: TentativasOptions;
  readonly #fim = new AbortController();

  constructor(options: TentativasOptions) {
    this.#options = options;
    // Todas as chamadas em curso escutam o mesmo fim.
    setMaxListeners(0, this.#fim.signal);
  }

  /** @throws a recusa, ou a falha da última tentativa que coube no tempo */
  async chamar<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    {
      insistirMs = 0,
      signal = this.#fim.signal,
      paramsDeNovo = params,
      aoTentarDeNovo,
      ...options
    }: OpcoesDaTentativa<N> = {},
  ): Promise<ResultadoDe<N>> {
    const { servico, clock, contato, intervaloMs } = this.#options;
    const efeito = efeitoDeRepetir(CHAT_PROCEDURES[nome], params);
    const fimMs = clock.monotonicoMs() + insistirMs;
    for (let pedidos = params; ; pedidos = paramsDeNovo) {
      try {
        const resultado = await servico.chamar(nome, pedidos, { ...options, signal });
        contato.respondeu();
        return resultado;
      } catch (erro) {
        // Quem recusa também respondeu.
        if (erro instanceof ContractError && !ehPassageira(erro)) contato.respondeu();
        const pausaMs = esperaPedidaMs(erro, intervaloMs);
        if (!cabe('esperar', erro, efeito) || clock.monotonicoMs() + pausaMs > fimMs) throw erro;
        contato.vaiEsperar(erro, pausaMs);
        await clock.esperar(pausaMs, signal);
        aoTentarDeNovo?.();
      }
    }
  }

  /** Ninguém mais insiste, e o que está em curso é largado, a não ser o que trouxe o seu próprio `signal`. */
  parar(): void {
    this.#fim.abort();
  }
}
