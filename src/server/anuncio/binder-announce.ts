/**
 * O anúncio num binder: mantém lá os procedimentos deste servidor, com um lease que renova, e os retira no fim.
 * O binder pode não estar lá, sumir e voltar vazio: o anúncio insiste.
 */

import { BINDER_CONTRACT, type BinderProcedures } from '../../contract/binder.ts';
import { ContractError } from '../../contract/errors.ts';
import type { Result } from '../../contract/procedure.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { Closable } from '../../process/lifecycle.ts';
import type { Log } from '../../process/log.ts';
import type { Conexoes } from '../../rpc/client/http.ts';
import { criarRemoto, type Remote } from '../../rpc/client/remote.ts';

/** O contrato: um lease de no máximo 30 s. */
const LEASE_S = 30;
/** O contrato dá 15 s para tudo estar registrado num binder que voltou vazio. */
const RENOVACAO_MS = 5_000;
const NOVA_TENTATIVA_MS = 1_000;
const PRAZO_DA_CHAMADA_MS = 3_000;
/** O fim do servidor tem 5 s. */
const PRAZO_DA_RETIRADA_MS = 1_000;

export type TabelaDoBinder = Result<BinderProcedures['list_procedures']>;

export interface BinderAnnounceOptions {
  /** A URL do binder. */
  readonly url: string;
  readonly segredo: string | undefined;
  readonly procedimentos: readonly string[];
  /** Onde os clientes alcançam este servidor. */
  readonly address: string;
  readonly port: number;
  readonly log: Log;
  readonly conexoes: Conexoes;
  /** Dado quando o servidor termina: o que está em andamento é largado. */
  readonly fim: AbortSignal;
  /** Recebe a tabela do binder depois de cada registro. */
  readonly aoListar: (tabela: TabelaDoBinder) => void;
}

export class BinderAnnounce implements Closable {
  readonly #options: BinderAnnounceOptions;
  readonly #binder: Remote<BinderProcedures>;
  readonly #laco: LacoPeriodico;
  #registrado = false;
  /** Os motivos que já se disseram desde o último registro: um binder que alterna entre eles não enche o log. */
  readonly #motivosDitos = new Set<string>();

  constructor(options: BinderAnnounceOptions) {
    this.#options = options;
    this.#binder = criarRemoto(BINDER_CONTRACT, options.url, options.conexoes);
    this.#laco = new LacoPeriodico({
      intervaloMs: () => (this.#registrado ? RENOVACAO_MS : NOVA_TENTATIVA_MS),
      agir: () => this.#anunciar(),
      aoFalhar: (erro) => this.#naoRegistrou(erro),
    });
  }

  /** Começa a anunciar; não espera pelo binder. */
  iniciar(): void {
    void this.#laco.agora();
  }

  /** Para de renovar e retira os registros, se o binder ainda responde. Chama-se depois do fim. */
  async close(): Promise<void> {
    await this.#laco.close();
    await this.#paraCada((procedure_name) => this.#retirar(procedure_name)).catch(() => {
      // Sem binder não há o que retirar: o lease vence sozinho.
    });
  }

  async #anunciar(): Promise<void> {
    const { log, url, aoListar } = this.#options;
    await this.#paraCada((procedure_name) => this.#registrar(procedure_name));
    if (!this.#registrado) log.info('procedimentos registrados no binder', { binder: url });
    this.#registrado = true;
    this.#motivosDitos.clear();
    // Se o binder acaba de sumir, a próxima rodada o dirá.
    aoListar(await this.#binder.list_procedures({}, this.#opcoesDaChamada()).catch(() => []));
  }

  #naoRegistrou(erro: unknown): void {
    this.#registrado = false;
    const { fim, log, url } = this.#options;
    if (fim.aborted) return;
    const motivo = erro instanceof ContractError ? erro.tipo : 'INALCANCAVEL';
    if (this.#motivosDitos.has(motivo)) return;
    this.#motivosDitos.add(motivo);
    log.aviso('o binder não registrou os procedimentos; tentando de novo', {
      binder: url,
      motivo,
      detalhe: (erro as Error).message,
    });
  }

  #registrar(procedure_name: string): Promise<unknown> {
    const { address, port, segredo } = this.#options;
    return this.#binder.register_procedure(
      { procedure_name, address, port, ttl_s: LEASE_S },
      { bearer: segredo, ...this.#opcoesDaChamada() },
    );
  }

  #retirar(procedure_name: string): Promise<unknown> {
    const { address, port, segredo } = this.#options;
    return this.#binder.unregister_procedure(
      { procedure_name, address, port },
      { bearer: segredo, prazoMs: PRAZO_DA_RETIRADA_MS },
    );
  }

  #opcoesDaChamada() {
    return { prazoMs: PRAZO_DA_CHAMADA_MS, signal: this.#options.fim };
  }

  /** @throws a falha de um deles, depois de tentar todos */
  async #paraCada(agir: (procedure_name: string) => Promise<unknown>): Promise<void> {
    const feitos = await Promise.allSettled(this.#options.procedimentos.map(agir));
    for (const feito of feitos) if (feito.status === 'rejected') throw feito.reason;
  }
}
