/**
 * Os nomes registrados, de quaisquer servidores: a lista é relida quando muda, tão menos vezes quanto mais custe.
 */

import type { Sessao } from '../store.ts';
import type { Pessoas } from './sessoes.ts';

const INTERVALO_MS = 500;
/** Relê-la não toma mais que uma parte em vinte do tempo. */
const DESCANSO = 20;

type Ouvinte = (nome: string, mudanca: 'nasceu' | 'acabou') => void;

export class ListaDeNomes {
  readonly #pessoas: Pessoas;
  readonly #timer: NodeJS.Timeout;
  #conhecidos = new Map<number, string>();
  #versao: string | null | undefined;
  #naoAntesDeMs = 0;
  #emAndamento: Promise<void> | undefined;
  #ouvinte: Ouvinte = () => {};

  constructor(pessoas: Pessoas) {
    this.#pessoas = pessoas;
    this.#timer = setInterval(() => void this.conferir().catch(() => {}), INTERVALO_MS);
    this.#timer.unref();
  }

  ouvir(ouvinte: Ouvinte): void {
    this.#ouvinte = ouvinte;
  }

  /** O que já se sabe: só se avisa do que mude depois. */
  partirDe(sessoes: readonly Sessao[]): void {
    this.#conhecidos = new Map(sessoes.map(({ id, nome }) => [id, nome]));
  }

  /** Relê a lista, se mudou. */
  conferir(): Promise<void> {
    this.#emAndamento ??= this.#conferir().finally(() => {
      this.#emAndamento = undefined;
    });
    return this.#emAndamento;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #conferir(): Promise<void> {
    const inicioMs = performance.now();
    if (inicioMs < this.#naoAntesDeMs) return;
    const versao = await this.#pessoas.versaoDosNomes();
    if (versao === this.#versao) return;
    const atuais = new Map((await this.#pessoas.todas()).map(({ id, nome }) => [id, nome]));
    const anteriores = this.#conhecidos;
    this.#conhecidos = atuais;
    this.#versao = versao;
    this.#naoAntesDeMs = performance.now() + DESCANSO * (performance.now() - inicioMs);
    // Um registro que ficou no meio pode deixar uma sessão com um nome que veio a ser de outra.
    const ficam = new Set([...atuais].filter(([id]) => anteriores.has(id)).map(([, nome]) => nome));
    for (const [id, nome] of anteriores) if (!atuais.has(id) && !ficam.has(nome)) this.#ouvinte(nome, 'acabou');
    for (const [id, nome] of atuais) if (!anteriores.has(id)) this.#ouvinte(nome, 'nasceu');
  }
}
