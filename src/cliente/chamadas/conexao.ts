/**
 * Chamar o servidor pelo nome do procedimento: o binder diz onde ele está, e o que ele disse é guardado
 * pelo tempo que o lease permite. Leva o token; não sabe o que os procedimentos fazem.
 */

import { BINDER_CONTRACT, type BinderProcedures, type EndpointDoProcedimento } from '../../contract/binder.ts';
import { CHAT_CONTRACT, CHAT_PROCEDURES, type ChatProcedures } from '../../contract/chat.ts';
import { efeitoDeRepetir, type ParamsInput, type Result } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import { hostComPorta } from '../../process/enderecos.ts';
import { Alternativas } from '../../rpc/client/alternativas.ts';
import { UnreachableError } from '../../rpc/client/falhas.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import { cabe } from '../../rpc/client/passos.ts';
import { type CallOptions, criarRemoto, type Remote } from '../../rpc/client/remote.ts';
import type { Observador } from './rastro.ts';

/** O binder responde de memória: quem demora mais que isto está fora. */
const PRAZO_DO_LOOKUP_MS = 5_000;
/** Quando há outro a quem perguntar, não se espera tanto: quem conversa não deve notar uma pausa de 3 s. */
const PRAZO_HAVENDO_OUTRO_MS = 2_000;

/** Quantas vezes uma chamada pergunta ao binder antes de desistir; quem chamou decide se tenta mais tarde. */
const MAXIMO_DE_PROCURAS = 4;

export type NomeDeProcedimento = keyof ChatProcedures & string;
export type ParamsDe<N extends NomeDeProcedimento> = ParamsInput<ChatProcedures[N]>;
export type ResultadoDe<N extends NomeDeProcedimento> = Result<ChatProcedures[N]>;

interface Conhecido {
  readonly url: string;
  /** Em tempo monotônico; depois disto pergunta-se de novo, e só sem resposta ele ainda vale. */
  validoAteMs: number;
}

export interface ConexaoOptions {
  /** `http://HOST:PORTA` de cada binder, ao menos um; o sistema todo usa o esquema deles. */
  readonly binders: readonly string[];
  readonly clock: Clock;
  /** Fecham junto com esta. */
  readonly conexoes: Conexoes;
  readonly observador?: Observador | undefined;
}

export class Conexao {
  /** Sem sessão, nenhum. */
  token: string | undefined;

  readonly #clock: Clock;
  readonly #conexoes: Conexoes;
  readonly #esquema: string;
  readonly #binders: Alternativas<BinderProcedures>;
  readonly #prazoDoLookupMs: number;
  readonly #observador: Observador | undefined;
  readonly #conhecidos = new Map<string, Conhecido>();
  readonly #remotos = new Map<string, Remote<ChatProcedures>>();

  constructor({ binders, clock, conexoes, observador }: ConexaoOptions) {
    this.#clock = clock;
    this.#conexoes = conexoes;
    this.#observador = observador;
    this.#esquema = new URL(binders[0] as string).protocol;
    this.#binders = new Alternativas(BINDER_CONTRACT, binders, conexoes);
    this.#prazoDoLookupMs = binders.length > 1 ? PRAZO_HAVENDO_OUTRO_MS : PRAZO_DO_LOOKUP_MS;
  }

  /**
   * Chama onde o binder disser; se o endpoint não é alcançado e repetir é inofensivo, pergunta de novo e chama lá.
   * @throws ContractError o que o servidor (ou o binder, sem endpoint conhecido) recusou
   * @throws UnreachableError não se soube a resposta
   */
  async chamar<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    options: Omit<CallOptions, 'bearer'> = {},
  ): Promise<ResultadoDe<N>> {
    const tentados = new Set<string>();
    let ultima: unknown;
    for (let procuras = 0; procuras < MAXIMO_DE_PROCURAS; procuras += 1) {
      const url = await this.#procurar(nome, ultima, options.signal);
      try {
        // O binder entrega os endpoints em turnos: se voltou um que já falhou, o próximo pode ser outro.
        if (!tentados.has(url)) {
          if (ultima !== undefined) this.#observador?.({ tipo: 'repeticao', nome, url, erro: ultima });
          return await this.#observar(url, nome, params, options);
        }
      } catch (erro) {
        if (!(erro instanceof UnreachableError) || erro.motivo === 'cancelada') throw erro;
        ultima = erro;
      }
      tentados.add(url);
      this.#desconfiar(url);
      if (!cabe('outro_endereco', ultima, efeitoDeRepetir(CHAT_PROCEDURES[nome], params))) break;
    }
    throw ultima;
  }

  close(): void {
    this.#conexoes.destroy();
  }

  async #observar<N extends NomeDeProcedimento>(
    url: string,
    nome: N,
    params: ParamsDe<N>,
    options: CallOptions,
  ): Promise<ResultadoDe<N>> {
    const contar = this.#observador;
    if (!contar) return this.#chamarEm(url, nome, params, options);
    const inicioMs = this.#clock.monotonicoMs();
    const ms = () => this.#clock.monotonicoMs() - inicioMs;
    const aoRepetir = (erro: unknown) => contar({ tipo: 'repeticao', nome, url, erro });
    contar({ tipo: 'chamada', nome, url });
    try {
      const resultado = await this.#chamarEm(url, nome, params, { ...options, aoRepetir });
      contar({ tipo: 'resposta', nome, url, ms: ms() });
      return resultado;
    } catch (erro) {
      contar({ tipo: 'resposta', nome, url, ms: ms(), erro });
      throw erro;
    }
  }

  #chamarEm<N extends NomeDeProcedimento>(
    url: string,
    nome: N,
    params: ParamsDe<N>,
    options: CallOptions,
  ): Promise<ResultadoDe<N>> {
    const remoto = this.#remotos.get(url) ?? criarRemoto(CHAT_CONTRACT, url, this.#conexoes);
    this.#remotos.set(url, remoto);
    const procedimento = remoto[nome] as (params: ParamsDe<N>, options: CallOptions) => Promise<ResultadoDe<N>>;
    return procedimento(params, { ...options, bearer: this.token });
  }

  /** @param falha a da última tentativa: se o binder também não ajuda, é ela que conta a história */
  async #procurar(nome: string, falha: unknown, signal: AbortSignal | undefined): Promise<string> {
    const conhecido = this.#conhecidos.get(nome);
    const agoraMs = this.#clock.monotonicoMs();
    if (conhecido && agoraMs < conhecido.validoAteMs) {
      const { url, validoAteMs } = conhecido;
      this.#observador?.({ tipo: 'cache', nome, url, restaMs: validoAteMs - agoraMs });
      return url;
    }
    try {
      return await this.#binders.chamar((binder, deQuem) => this.#perguntar(binder, deQuem, nome, signal));
    } catch (erro) {
      if (erro instanceof UnreachableError && erro.motivo === 'cancelada') throw erro;
      if (falha !== undefined) throw falha;
      // Um binder fora, ou que voltou vazio, não impede quem já sabe o caminho.
      if (!conhecido || !perdeuOBinder(erro)) throw erro;
      this.#observador?.({ tipo: 'vencido', nome, url: conhecido.url });
      return conhecido.url;
    }
  }

  async #perguntar(
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
        { prazoMs: this.#prazoDoLookupMs, ...(signal ? { signal } : {}) },
      );
      const url = urlDe(this.#esquema, achado);
      // Contado desde antes da pergunta: nunca se guarda por mais tempo que o lease.
      const validoAteMs = achado.ttl_s === null ? Number.POSITIVE_INFINITY : inicioMs + achado.ttl_s * 1000;
      this.#conhecidos.set(nome, { url, validoAteMs });
      this.#observador?.({ tipo: 'lookup', nome, url, ttl_s: achado.ttl_s, ms: ms() });
      return url;
    } catch (erro) {
      if (!(erro instanceof UnreachableError) || erro.motivo !== 'cancelada') {
        this.#observador?.({ tipo: 'lookup_falhou', nome, binder: deQuem, erro, ms: ms() });
      }
      throw erro;
    }
  }

  /** O que falhou para um procedimento falhou para todos os do mesmo endpoint. */
  #desconfiar(url: string): void {
    for (const conhecido of this.#conhecidos.values()) {
      if (conhecido.url === url) conhecido.validoAteMs = Number.NEGATIVE_INFINITY;
    }
  }
}

function perdeuOBinder(erro: unknown): boolean {
  return cabe('esperar', erro, 'nenhum');
}

/** O binder guarda um IPv6 sem colchetes; numa URL eles são obrigatórios (RFC 3986, seção 3.2.2). */
function urlDe(esquema: string, { address, port }: EndpointDoProcedimento): string {
  return `${esquema}//${hostComPorta(address, port)}`;
}
