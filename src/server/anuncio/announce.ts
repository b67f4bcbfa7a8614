/**
 * O anúncio deste servidor em cada binder que lhe deram: os binders podem não saber uns dos outros.
 * Diz também a que outros endereços eles mandam as chamadas destes procedimentos.
 */

import { setMaxListeners } from 'node:events';
import { hostComPorta } from '../../process/enderecos.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { BinderAnnounce, type BinderAnnounceOptions, type TabelaDoBinder } from './binder-announce.ts';

/** De quantos endereços alheios se lembra que já se disseram: quem enche o binder não enche a memória daqui. */
const MAXIMO_DE_ALHEIOS = 100;

interface AnnounceOptions extends Omit<BinderAnnounceOptions, 'url' | 'fim' | 'aoListar'> {
  /** As URLs dos binders, ao menos uma. */
  readonly binders: readonly string[];
  /** Se outros servidores dividem o estado com este: só então é certo que o binder também mande chamadas a outros. */
  readonly dividido: boolean;
}

export class Announce implements Closable {
  readonly #options: AnnounceOptions;
  readonly #binders: readonly BinderAnnounce[];
  readonly #fim = new AbortController();
  /** Os endereços alheios que já se disseram no log. */
  readonly #alheios = new Set<string>();

  /** As conexões com os binders fecham junto com o anúncio. */
  constructor(options: AnnounceOptions) {
    this.#options = options;
    // Todas as chamadas de uma rodada escutam o mesmo fim.
    setMaxListeners(0, this.#fim.signal);
    this.#binders = options.binders.map(
      (url) =>
        new BinderAnnounce({
          ...options,
          url,
          fim: this.#fim.signal,
          aoListar: (tabela) => this.#procurarAlheios(tabela),
        }),
    );
  }

  /** Começa a anunciar; não espera por binder algum. */
  iniciar(): void {
    for (const binder of this.#binders) binder.iniciar();
  }

  /** Para de renovar e retira os registros, dos binders que ainda respondem. */
  async close(): Promise<void> {
    if (this.#fim.signal.aborted) return;
    this.#fim.abort();
    await Promise.all(this.#binders.map((binder) => binder.close()));
    this.#options.conexoes.destroy();
  }

  /** Diz a que outros endereços o binder manda as chamadas destes procedimentos: quem as recebe recebe os tokens. */
  #procurarAlheios(tabela: TabelaDoBinder): void {
    const { procedimentos, address, port, dividido, log } = this.#options;
    const meu = hostComPorta(address, port).toLowerCase();
    const enderecos = tabela
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
          { endereco },
        );
      }
    }
  }
}
