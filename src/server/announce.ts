/**
 * O anúncio: mantém os procedimentos deste servidor registrados no binder, com um lease que renova,
 * e os retira no fim. O binder pode não estar lá, sumir e voltar vazio: o anúncio insiste.
 * De vários, que dividem o registro, serve o primeiro que responde.
 */

import { setMaxListeners } from 'node:events';
import { BINDER_CONTRACT, type BinderProcedures } from '../contract/binder.ts';
import { ContractError } from '../contract/errors.ts';
import type { Log } from '../process/log.ts';
import { Alternativas } from '../rpc/client/alternativas.ts';
import type { Conexoes } from '../rpc/client/http.ts';
import type { Remote } from '../rpc/client/remote.ts';

/** O contrato: um lease de no máximo 30 s. */
const LEASE_S = 30;
/** O contrato dá 15 s para tudo estar registrado num binder que voltou vazio. */
const RENOVACAO_MS = 5_000;
const NOVA_TENTATIVA_MS = 1_000;
const PRAZO_DA_CHAMADA_MS = 3_000;
/** Dividido pelos binders: o fim do servidor tem 5 s, por mais que haja. */
const PRAZO_DA_RETIRADA_MS = 1_000;

interface AnnounceOptions {
  /** As URLs dos binders, ao menos uma. */
  readonly binders: readonly string[];
  readonly segredo: string | undefined;
  readonly procedimentos: readonly string[];
  /** Onde os clientes alcançam este servidor. */
  readonly address: string;
  readonly port: number;
  readonly log: Log;
  /** As conexões com o binder; fecham junto com o anúncio. */
  readonly conexoes: Conexoes;
}

export class Announce {
  readonly #options: AnnounceOptions;
  readonly #binders: Alternativas<BinderProcedures>;
  #timer: NodeJS.Timeout | undefined;
  #rodada: Promise<void> = Promise.resolve();
  readonly #fim = new AbortController();
  /** O que se disse por último no log: cada mudança é dita uma vez. */
  #situacao = '';

  constructor(options: AnnounceOptions) {
    this.#options = options;
    // Todas as chamadas de uma rodada escutam o mesmo fim.
    setMaxListeners(0, this.#fim.signal);
    this.#binders = new Alternativas(BINDER_CONTRACT, options.binders, options.conexoes);
  }

  /** Começa a anunciar; não espera pelo binder. */
  iniciar(): void {
    this.#rodada = this.#anunciar();
  }

  /** Para de renovar e retira os registros, se o binder ainda responde. */
  async close(): Promise<void> {
    if (this.#fim.signal.aborted) return;
    this.#fim.abort();
    clearTimeout(this.#timer);
    await this.#rodada;
    await this.#paraCada((binder, nome) => this.#retirar(binder, nome)).catch(() => {
      // Sem binder não há o que retirar: o lease vence sozinho.
    });
    this.#options.conexoes.destroy();
  }

  async #anunciar(): Promise<void> {
    const registrou = await this.#registrarTodos();
    if (this.#fim.signal.aborted) return;
    this.#timer = setTimeout(() => this.iniciar(), registrou ? RENOVACAO_MS : NOVA_TENTATIVA_MS);
  }

  async #registrarTodos(): Promise<boolean> {
    const { log, binders } = this.#options;
    try {
      const binder = await this.#paraCada((umBinder, nome) => this.#registrar(umBinder, nome));
      this.#dizer(`registrado em ${binder}`, () => log.info('procedimentos registrados no binder', { binder }));
      return true;
    } catch (erro) {
      const motivo = erro instanceof ContractError ? erro.tipo : 'INALCANCAVEL';
      this.#dizer(motivo, () =>
        log.aviso('o binder não registrou os procedimentos; tentando de novo', {
          binder: binders.join(','),
          motivo,
          detalhe: (erro as Error).message,
        }),
      );
      return false;
    }
  }

  #registrar(binder: Remote<BinderProcedures>, procedure_name: string): Promise<unknown> {
    const { address, port, segredo } = this.#options;
    return binder.register_procedure(
      { procedure_name, address, port, ttl_s: LEASE_S },
      { bearer: segredo, prazoMs: PRAZO_DA_CHAMADA_MS, signal: this.#fim.signal },
    );
  }

  #retirar(binder: Remote<BinderProcedures>, procedure_name: string): Promise<unknown> {
    const { address, port, segredo, binders } = this.#options;
    return binder.unregister_procedure(
      { procedure_name, address, port },
      { bearer: segredo, prazoMs: PRAZO_DA_RETIRADA_MS / binders.length },
    );
  }

  /** @returns a URL do binder em que se fez tudo */
  #paraCada(agir: (binder: Remote<BinderProcedures>, nome: string) => Promise<unknown>): Promise<string> {
    return this.#binders.chamar(async (binder, url) => {
      const feitos = await Promise.allSettled(this.#options.procedimentos.map((nome) => agir(binder, nome)));
      for (const feito of feitos) {
        if (feito.status === 'rejected') throw feito.reason;
      }
      return url;
    });
  }

  #dizer(situacao: string, dizer: () => void): void {
    if (this.#situacao === situacao) return;
    this.#situacao = situacao;
    dizer();
  }
}
