/** Quem espera por uma mudança da tabela: inscreve-se depois de lê-la, e só se responde com o que se lê na hora. */

import { agendarNoSistema } from '../process/clock.ts';
import type { Closable } from '../process/lifecycle.ts';
import { guardarTexto } from '../rpc/server/serializacao.ts';
import type { Registry, TabelaComVersao } from './registry/registry.ts';

/** Um servidor registra todos os seus nomes juntos: quem espera sabe deles de uma vez. O contrato dá 50 ms. */
const JUNTAR_MS = 10;

interface Espera {
  readonly desde: string;
  readonly concluir: (tabela: TabelaComVersao | Promise<TabelaComVersao>) => void;
}

export class Watchers implements Closable {
  readonly #registry: Registry;
  readonly #esperas = new Set<Espera>();
  readonly #deixarDeOuvir: () => void;
  #pararDeJuntar: (() => void) | undefined;
  #fechado = false;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#deixarDeOuvir = registry.aoMudar(() => {
      this.#pararDeJuntar ??= agendarNoSistema(JUNTAR_MS, () => void this.#acordar());
    });
  }

  /**
   * @param desde a versão que quem pergunta já tem
   * @param esperarMs quanto se espera por outra
   * @param aoDesistir recebe o que fazer se quem pergunta se for antes
   * @throws SERVICO_INDISPONIVEL quando não se sabe a tabela de agora
   */
  async watch(
    desde: string | undefined,
    esperarMs: number,
    aoDesistir: (desistir: () => void) => void,
  ): Promise<TabelaComVersao> {
    const atual = await this.#registry.listComVersao();
    if (desde !== atual.versao || esperarMs === 0 || this.#fechado) return atual;
    return new Promise((resolve) => {
      const espera: Espera = {
        desde,
        concluir: (tabela) => {
          pararDeEsperar();
          this.#esperas.delete(espera);
          resolve(tabela);
        },
      };
      const pararDeEsperar = agendarNoSistema(esperarMs, () => espera.concluir(this.#registry.listComVersao()));
      this.#esperas.add(espera);
      aoDesistir(() => espera.concluir(atual));
    });
  }

  /** Quantos esperam. */
  get quantos(): number {
    return this.#esperas.size;
  }

  /** Responde a todos. */
  async close(): Promise<void> {
    this.#fechado = true;
    this.#deixarDeOuvir();
    this.#pararDeJuntar?.();
    for (const espera of this.#esperas) espera.concluir(this.#registry.listComVersao());
  }

  /** Lê a tabela uma vez para todos. Se não se pode lê-la, quem espera continua: a volta dela é outra mudança. */
  async #acordar(): Promise<void> {
    this.#pararDeJuntar = undefined;
    if (this.#esperas.size === 0) return;
    const lida = await this.#registry.listComVersao().catch(() => undefined);
    if (!lida) return;
    const tabela = guardarTexto(lida);
    for (const espera of this.#esperas) if (espera.desde !== tabela.versao) espera.concluir(tabela);
  }
}
