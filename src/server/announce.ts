/**
 * O anúncio: mantém os procedimentos deste servidor registrados no binder, com um lease que renova, e os retira no fim.
 * O binder pode não estar lá, sumir e voltar vazio: o anúncio insiste. De vários binders, que dividem o registro, serve
 * o primeiro que responde.
 */

import { setMaxListeners } from 'node:events';
import { BINDER_CONTRACT, type BinderProcedures } from '../contract/binder.ts';
import { ContractError } from '../contract/errors.ts';
import type { Result } from '../contract/procedure.ts';
import { hostComPorta } from '../process/enderecos.ts';
import { LacoPeriodico } from '../process/laco-periodico.ts';
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
/** Dividido pelos binders: o fim do servidor tem 5 s, por mais binders que haja. */
const PRAZO_DA_RETIRADA_MS = 1_000;

/** De quantos endereços alheios se lembra que já se disseram: quem enche o binder não enche a memória daqui. */
const MAXIMO_DE_ALHEIOS = 100;

type ProcedimentoListado = Result<BinderProcedures['list_procedures']>[number];

interface AnnounceOptions {
  /** As URLs dos binders, ao menos uma. */
  readonly binders: readonly string[];
  readonly segredo: string | undefined;
  readonly procedimentos: readonly string[];
  /** Onde os clientes alcançam este servidor. */
  readonly address: string;
  readonly port: number;
  /** Se outros servidores dividem o estado com este: só então é certo que o binder também mande chamadas a outros. */
  readonly dividido: boolean;
  readonly log: Log;
  /** As conexões com o binder; fecham junto com o anúncio. */
  readonly conexoes: Conexoes;
}

export class Announce {
  readonly #options: AnnounceOptions;
  readonly #binders: Alternativas<BinderProcedures>;
  readonly #laco: LacoPeriodico;
  readonly #fim = new AbortController();
  #registrado = false;
  /** O que se disse por último no log: cada mudança é dita uma vez. */
  #situacao = '';
  /** Os endereços alheios que já se disseram no log. */
  readonly #alheios = new Set<string>();

  constructor(options: AnnounceOptions) {
    this.#options = options;
    // Todas as chamadas de uma rodada escutam o mesmo fim.
    setMaxListeners(0, this.#fim.signal);
    this.#binders = new Alternativas(BINDER_CONTRACT, options.binders, options.conexoes);
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

  /** Para de renovar e retira os registros, se o binder ainda responde. */
  async close(): Promise<void> {
    if (this.#fim.signal.aborted) return;
    this.#fim.abort();
    await this.#laco.close();
    await this.#paraCada((binder, nome) => this.#retirar(binder, nome)).catch(() => {
      // Sem binder não há o que retirar: o lease vence sozinho.
    });
    this.#options.conexoes.destroy();
  }

  async #anunciar(): Promise<void> {
    const { log } = this.#options;
    const url = await this.#paraCada((binder, nome) => this.#registrar(binder, nome));
    this.#registrado = true;
    this.#dizer(`registrado em ${url}`, () => log.info('procedimentos registrados no binder', { binder: url }));
    await this.#procurarAlheios();
  }

  #naoRegistrou(erro: unknown): void {
    this.#registrado = false;
    if (this.#fim.signal.aborted) return;
    const { log, binders } = this.#options;
    const motivo = erro instanceof ContractError ? erro.tipo : 'INALCANCAVEL';
    this.#dizer(motivo, () =>
      log.aviso('o binder não registrou os procedimentos; tentando de novo', {
        binder: binders.join(','),
        motivo,
        detalhe: (erro as Error).message,
      }),
    );
  }

  /** Diz a que outros endereços o binder manda as chamadas destes procedimentos: quem as recebe recebe os tokens. */
  async #procurarAlheios(): Promise<void> {
    const { procedimentos, address, port, dividido, log } = this.#options;
    const meu = hostComPorta(address, port).toLowerCase();
    const listados = await this.#listar();
    const enderecos = listados
      .filter(({ procedure_name }) => procedimentos.includes(procedure_name))
      .flatMap(({ endpoints }) =>
        endpoints.map((endpoint) => hostComPorta(endpoint.address, endpoint.port).toLowerCase()),
      );
    for (const endereco of new Set(enderecos)) {
      if (endereco === meu || this.#alheios.has(endereco) || this.#alheios.size === MAXIMO_DE_ALHEIOS) continue;
      this.#alheios.add(endereco);
      if (dividido) log.info('o binder também manda chamadas a outro servidor', { endereco });
      else {
        log.aviso(
          'o binder manda chamadas deste servidor a um endereço que não é o dele; quem atende ali recebe os tokens',
          {
            endereco,
          },
        );
      }
    }
  }

  /** Se o binder acaba de sumir, a próxima rodada o dirá. */
  #listar(): Promise<readonly ProcedimentoListado[]> {
    return this.#binders.chamar((binder) => binder.list_procedures({}, this.#opcoesDaChamada())).catch(() => []);
  }

  #registrar(binder: Remote<BinderProcedures>, procedure_name: string): Promise<unknown> {
    const { address, port, segredo } = this.#options;
    return binder.register_procedure(
      { procedure_name, address, port, ttl_s: LEASE_S },
      { bearer: segredo, ...this.#opcoesDaChamada() },
    );
  }

  #retirar(binder: Remote<BinderProcedures>, procedure_name: string): Promise<unknown> {
    const { address, port, segredo, binders } = this.#options;
    return binder.unregister_procedure(
      { procedure_name, address, port },
      { bearer: segredo, prazoMs: PRAZO_DA_RETIRADA_MS / binders.length },
    );
  }

  #opcoesDaChamada() {
    return { prazoMs: PRAZO_DA_CHAMADA_MS, signal: this.#fim.signal };
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
