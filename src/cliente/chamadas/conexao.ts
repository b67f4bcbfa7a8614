/**
 * Chamar o servidor pelo nome do procedimento, onde o binder disser que ele está.
 * Não sabe o que os procedimentos fazem, nem de quem é o token que leva.
 */

import { CHAT_CONTRACT, CHAT_PROCEDURES, type ChatProcedures } from '../../contract/chat.ts';
import { efeitoDeRepetir } from '../../contract/procedure.ts';
import type { Clock } from '../../process/clock.ts';
import { foiCancelada, UnreachableError } from '../../rpc/client/falhas.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import { cabe } from '../../rpc/client/passos.ts';
import { type CallOptions, criarRemoto, type Remote } from '../../rpc/client/remote.ts';
import { Localizador, type LocalizadorOptions } from './localizador.ts';
import type { Observador } from './rastro/rastro.ts';
import type { NomeDeProcedimento, OpcoesDaChamada, ParamsDe, ResultadoDe, Servico } from './servico.ts';

/** Quantas vezes uma chamada pergunta ao binder antes de desistir; quem chamou decide se tenta mais tarde. */
const MAXIMO_DE_PROCURAS = 4;

export class Conexao implements Servico {
  readonly #clock: Clock;
  /** Fecham junto com esta. */
  readonly #conexoes: Conexoes;
  readonly #observador: Observador | undefined;
  readonly #localizador: Localizador;
  readonly #remotos = new Map<string, Remote<ChatProcedures>>();

  constructor(options: LocalizadorOptions) {
    this.#clock = options.clock;
    this.#conexoes = options.conexoes;
    this.#observador = options.observador;
    this.#localizador = new Localizador(options);
  }

  /** Se a falha permite outro endereço, pergunta de novo ao binder e chama no que ele der. */
  chamar<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    options: OpcoesDaChamada = {},
  ): Promise<ResultadoDe<N>> {
    const chamar = () => this.#chamarOnde(nome, params, options);
    return this.#conexoes.observador?.aoChamar?.(nome, chamar) ?? chamar();
  }

  async #chamarOnde<N extends NomeDeProcedimento>(
    nome: N,
    params: ParamsDe<N>,
    options: OpcoesDaChamada,
  ): Promise<ResultadoDe<N>> {
    const efeito = efeitoDeRepetir(CHAT_PROCEDURES[nome], params);
    const tentados = new Set<string>();
    let url = await this.#localizador.procurar(nome, options.signal);
    let falha: unknown;
    for (let procuras = 1; ; procuras += 1) {
      // O binder entrega os endpoints em turnos: se voltou um que já falhou, o próximo pode ser outro.
      if (!tentados.has(url)) {
        try {
          if (falha !== undefined) this.#observador?.({ tipo: 'repeticao', nome, url, erro: falha });
          return await this.#observar(url, nome, params, options);
        } catch (erro) {
          if (erro instanceof UnreachableError && !foiCancelada(erro)) this.#localizador.desconfiar(url);
          if (!cabe('outro_endereco', erro, efeito)) throw erro;
          falha = erro;
        }
        tentados.add(url);
      }
      if (procuras === MAXIMO_DE_PROCURAS) throw falha;
      url = await this.#procurarOutro(nome, falha, options.signal);
    }
  }

  close(): void {
    this.#conexoes.destroy();
  }

  /** @throws a falha que fez procurar: se o binder também não ajuda, é ela que conta o que houve */
  async #procurarOutro(nome: string, falha: unknown, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await this.#localizador.perguntar(nome, signal);
    } catch (erro) {
      throw foiCancelada(erro) ? erro : falha;
    }
  }

  async #observar<N extends NomeDeProcedimento>(
    url: string,
    nome: N,
    params: ParamsDe<N>,
    { token: bearer, prazoMs, signal }: OpcoesDaChamada,
  ): Promise<ResultadoDe<N>> {
    const contar = this.#observador;
    if (!contar) return this.#chamarEm(url, nome, params, { bearer, prazoMs, signal });
    const inicioMs = this.#clock.monotonicoMs();
    const ms = () => this.#clock.monotonicoMs() - inicioMs;
    const aoRepetir = (erro: unknown) => contar({ tipo: 'repeticao', nome, url, erro });
    contar({ tipo: 'chamada', nome, url, params });
    try {
      const resultado = await this.#chamarEm(url, nome, params, { bearer, prazoMs, signal, aoRepetir });
      contar({ tipo: 'resposta', nome, url, ms: ms(), resultado });
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
    return procedimento(params, options);
  }
}
