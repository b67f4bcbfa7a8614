/**
 * O caminho de um robô até o servidor: pergunta ao binder, guarda a resposta pelo tempo do lease, e chama. Se o binder não
 * responde, o que ele disse antes ainda serve.
 */

import { BINDER_CONTRACT, type BinderProcedures } from '../../contract/binder.ts';
import { CHAT_CONTRACT, type ChatProcedures } from '../../contract/chat.ts';
import type { ParamsInput, Result } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import { criarRemoto, type Remote } from '../../rpc/client/remote.ts';

const PRAZO_DA_CHAMADA_MS = 4_000;

type Nome = keyof ChatProcedures & string;

interface Conhecido {
  readonly remoto: Remote<ChatProcedures>;
  /** Em tempo monotônico; depois disto pergunta-se de novo. */
  ateMs: number;
}

export class Servidor {
  readonly #binder: Remote<BinderProcedures>;
  readonly #conexoes: Conexoes;
  readonly #clock: Clock;
  readonly #conhecidos = new Map<string, Conhecido>();

  /** @param binder a URL dele */
  constructor(binder: string, conexoes: Conexoes, clock: Clock) {
    this.#binder = criarRemoto(BINDER_CONTRACT, binder, conexoes);
    this.#conexoes = conexoes;
    this.#clock = clock;
  }

  /**
   * Uma tentativa só: quem chama decide se tenta de novo.
   * @throws ContractError o que se recusou; UnreachableError quando não se soube a resposta
   */
  async chamar<N extends Nome>(
    nome: N,
    params: ParamsInput<ChatProcedures[N]>,
    bearer: string | undefined,
    prazoMs = PRAZO_DA_CHAMADA_MS,
  ): Promise<Result<ChatProcedures[N]>> {
    const remoto = await this.#procurar(nome);
    const procedimento = remoto[nome] as (
      params: ParamsInput<ChatProcedures[N]>,
      options: { readonly bearer: string | undefined; readonly prazoMs: number },
    ) => Promise<Result<ChatProcedures[N]>>;
    try {
      return await procedimento(params, { bearer, prazoMs });
    } catch (erro) {
      if (erro instanceof UnreachableError) this.#desconfiar();
      throw erro;
    }
  }

  async #procurar(procedure_name: string): Promise<Remote<ChatProcedures>> {
    const conhecido = this.#conhecidos.get(procedure_name);
    const agoraMs = this.#clock.monotonicoMs();
    if (conhecido && agoraMs < conhecido.ateMs) return conhecido.remoto;
    try {
      return await this.#perguntar(procedure_name, agoraMs);
    } catch (erro) {
      if (!conhecido || !(erro instanceof UnreachableError)) throw erro;
      return conhecido.remoto;
    }
  }

  async #perguntar(procedure_name: string, agoraMs: number): Promise<Remote<ChatProcedures>> {
    const { address, port, ttl_s } = await this.#binder.lookup_procedure({ procedure_name });
    const remoto = criarRemoto(CHAT_CONTRACT, `http://${address}:${port}`, this.#conexoes);
    const ateMs = ttl_s === null ? Number.POSITIVE_INFINITY : agoraMs + ttl_s * 1_000;
    this.#conhecidos.set(procedure_name, { remoto, ateMs });
    return remoto;
  }

  /** O que falhou para um procedimento falhou para todos: da próxima vez, pergunta-se. */
  #desconfiar(): void {
    for (const conhecido of this.#conhecidos.values()) conhecido.ateMs = Number.NEGATIVE_INFINITY;
  }
}
