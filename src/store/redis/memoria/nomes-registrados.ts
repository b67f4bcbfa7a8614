/** Os nomes registrados, de quaisquer servidores: a lista é relida quando muda, tão menos vezes quanto mais custe. */

import type { Clock } from '../../../process/clock.ts';
import { LacoPeriodico } from '../../../process/laco-periodico.ts';
import type { OpcoesDoStore, Sessao } from '../../store.ts';
import type { Sessoes } from '../estado/sessoes.ts';

const INTERVALO_MS = 500;
/** Relê-la não toma mais que uma parte em vinte do tempo. */
const DESCANSO = 20;

export class NomesRegistrados {
  readonly #sessoes: Sessoes;
  readonly #clock: Clock;
  readonly #aoMudar: OpcoesDoStore['aoMudarNomes'];
  readonly #laco: LacoPeriodico;
  #conhecidos = new Map<number, string>();
  #versao: string | undefined;
  #naoAntesDeMs = Number.NEGATIVE_INFINITY;
  #emAndamento: Promise<void> | undefined;

  constructor(sessoes: Sessoes, clock: Clock, aoMudar: OpcoesDoStore['aoMudarNomes']) {
    this.#sessoes = sessoes;
    this.#clock = clock;
    this.#aoMudar = aoMudar;
    // Sem o Redis, a lista fica como estava; ele já disse que não está.
    this.#laco = new LacoPeriodico({ intervaloMs: INTERVALO_MS, agir: () => this.conferir(), aoFalhar: () => {} });
    this.#laco.iniciar();
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

  close(): Promise<void> {
    return this.#laco.close();
  }

  async #conferir(): Promise<void> {
    const { monotonicoMs } = this.#clock;
    const inicioMs = monotonicoMs();
    if (inicioMs < this.#naoAntesDeMs) return;
    const versao = await this.#sessoes.versaoDosNomes();
    if (versao === this.#versao) return;
    const atuais = new Map((await this.#sessoes.todas()).map(({ id, nome }) => [id, nome]));
    const anteriores = this.#conhecidos;
    this.#conhecidos = atuais;
    this.#versao = versao;
    this.#naoAntesDeMs = monotonicoMs() + DESCANSO * (monotonicoMs() - inicioMs);
    // Um registro que ficou por acabar pode deixar uma sessão com um nome que veio a ser de outra.
    const ficam = new Set([...atuais].filter(([id]) => anteriores.has(id)).map(([, nome]) => nome));
    for (const [id, nome] of anteriores) if (!atuais.has(id) && !ficam.has(nome)) this.#aoMudar(nome, 'acabou');
    for (const [id, nome] of atuais) if (!anteriores.has(id)) this.#aoMudar(nome, 'nasceu');
  }
}
