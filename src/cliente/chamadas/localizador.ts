/** Onde está cada procedimento: o binder diz, e o que ele disse é guardado pelo tempo que o lease permite. */

import { BINDER_CONTRACT, type BinderProcedures, type EndpointDoProcedimento } from '../../contract/binder.ts';
import type { Clock } from '../../process/clock.ts';
import { hostComPorta } from '../../process/enderecos.ts';
import { Alternativas } from '../../rpc/client/alternativas.ts';
import { foiCancelada } from '../../rpc/client/falhas.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import type { Remote } from '../../rpc/client/remote.ts';
import { ehPassageira } from './falhas.ts';
import { anotarFaltaDoBinder } from './quem-falta.ts';
import type { Observador } from './rastro/rastro.ts';

/** O binder responde de memória: quem demora mais que isto está fora. */
const PRAZO_DO_LOOKUP_MS = 5_000;
/** Quando há outro a quem perguntar, não se espera tanto: quem conversa não deve notar uma pausa de 3 s. */
const PRAZO_HAVENDO_OUTRO_MS = 2_000;

interface Conhecido {
  readonly url: string;
  /** Em tempo monotônico; depois disto pergunta-se de novo, e só sem resposta ele ainda vale. */
  validoAteMs: number;
}

export interface LocalizadorOptions {
  /** `http://HOST:PORTA` de cada binder, ao menos um; o sistema todo usa o esquema deles. */
  readonly binders: readonly string[];
  readonly clock: Clock;
  readonly conexoes: Conexoes;
  readonly observador?: Observador | undefined;
}

export class Localizador {
  readonly #clock: Clock;
  readonly #esquema: string;
  readonly #binders: Alternativas<BinderProcedures>;
  readonly #prazoDoLookupMs: number;
  readonly #observador: Observador | undefined;
  readonly #conhecidos = new Map<string, Conhecido>();

  constructor({ binders, clock, conexoes, observador }: LocalizadorOptions) {
    this.#clock = clock;
    this.#observador = observador;
    this.#esquema = new URL(binders[0] as string).protocol;
    this.#binders = new Alternativas(BINDER_CONTRACT, binders, conexoes);
    this.#prazoDoLookupMs = binders.length > 1 ? PRAZO_HAVENDO_OUTRO_MS : PRAZO_DO_LOOKUP_MS;
  }

  /**
   * @returns a URL de quem oferece o procedimento
   * @throws ContractError se o binder não conhece quem o ofereça; UnreachableError se nenhum binder responde
   */
  async procurar(nome: string, signal?: AbortSignal): Promise<string> {
    const conhecido = this.#conhecidos.get(nome);
    const agoraMs = this.#clock.monotonicoMs();
    if (conhecido && agoraMs < conhecido.validoAteMs) {
      const { url, validoAteMs } = conhecido;
      this.#observador?.({ tipo: 'cache', nome, url, restaMs: validoAteMs - agoraMs });
      return url;
    }
    try {
      return await this.perguntar(nome, signal);
    } catch (erro) {
      // Um binder fora, ou que voltou vazio, não impede quem já sabe o caminho.
      if (!conhecido || !ehPassageira(erro)) throw erro;
      this.#observador?.({ tipo: 'vencido', nome, url: conhecido.url });
      return conhecido.url;
    }
  }

  /** O mesmo, sem olhar o que está guardado. */
  perguntar(nome: string, signal?: AbortSignal): Promise<string> {
    const perguntada = this.#binders.chamar((binder, deQuem) => this.#perguntarA(binder, deQuem, nome, signal));
    return perguntada.catch((erro: unknown) => {
      throw anotarFaltaDoBinder(erro);
    });
  }

  /** O que falhou para um procedimento falhou para todos os do mesmo endpoint: da próxima vez, pergunta-se. */
  desconfiar(url: string): void {
    for (const conhecido of this.#conhecidos.values()) {
      if (conhecido.url === url) conhecido.validoAteMs = Number.NEGATIVE_INFINITY;
    }
  }

  async #perguntarA(
    binder: Remote<BinderProcedures>,
    deQuem: string,
    nome: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const inicioMs = this.#clock.monotonicoMs();
    const ms = () => this.#clock.monotonicoMs() - inicioMs;
    try {
      const achado = await binder.lookup_procedure(
        { procedure_name: nome },
        { prazoMs: this.#prazoDoLookupMs, signal },
      );
      const url = urlDe(this.#esquema, achado);
      // Contado desde antes da pergunta: nunca se guarda por mais tempo que o lease.
      const validoAteMs = achado.ttl_s === null ? Number.POSITIVE_INFINITY : inicioMs + achado.ttl_s * 1000;
      this.#conhecidos.set(nome, { url, validoAteMs });
      this.#observador?.({ tipo: 'lookup', nome, url, ttl_s: achado.ttl_s, ms: ms() });
      return url;
    } catch (erro) {
      if (!foiCancelada(erro)) this.#observador?.({ tipo: 'lookup_falhou', nome, binder: deQuem, erro, ms: ms() });
      throw erro;
    }
  }
}

/** O binder guarda um IPv6 sem colchetes; numa URL eles são obrigatórios (RFC 3986, seção 3.2.2). */
function urlDe(esquema: string, { address, port }: EndpointDoProcedimento): string {
  return `${esquema}//${hostComPorta(address, port)}`;
}
