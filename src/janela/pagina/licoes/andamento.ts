/** Em que lição se está, desde quando se conta o que acontece, e o que alcançou cada uma. */

import type { Historia } from '../historia.ts';
import { LICOES, type Licao, type Prova, type Situacao } from './licoes.ts';
import type { LicoesFeitas } from './licoes-feitas.ts';

export class Andamento {
  readonly #feitas: LicoesFeitas;
  readonly #historia: Pick<Historia, 'agoraMs' | 'guarda'>;
  readonly #provas = new Map<string, Prova>();
  #indice = 0;
  #desdeMs = 0;

  constructor(feitas: LicoesFeitas, historia: Pick<Historia, 'agoraMs' | 'guarda'>) {
    this.#feitas = feitas;
    this.#historia = historia;
  }

  get licao(): Licao {
    return LICOES[this.#indice] as Licao;
  }

  /** O que alcançou a lição em que se está, enquanto a história o guarda. */
  get prova(): Prova | undefined {
    return this.#provas.get(this.licao.id);
  }

  feita({ id }: Licao): boolean {
    return this.#feitas.tem(id);
  }

  /** @param passo 1 vai à lição seguinte, −1 à anterior; depois da última vem a primeira */
  ir(passo: 1 | -1): void {
    this.#indice = (this.#indice + passo + LICOES.length) % LICOES.length;
    this.#desdeMs = this.#historia.agoraMs;
  }

  /** Volta à primeira lição, sem nenhuma feita. */
  recomecar(): void {
    this.#feitas.recomecar();
    this.#provas.clear();
    this.#indice = 0;
    this.#desdeMs = this.#historia.agoraMs;
  }

  /**
   * Confere se o que a lição pede já aconteceu, e se a história ainda guarda o que a alcançou.
   * @param situacao o que se sabe, contando desde um instante em ms desde 1970
   * @returns `esquecida`: a história deixou de guardar, e a lição conta de novo desde agora
   */
  conferir(situacao: (desdeMs: number) => Situacao): 'alcancada' | 'esquecida' | undefined {
    // A lição começa com a primeira notícia: antes dela não há o que ver.
    if (this.#desdeMs === 0) this.#desdeMs = this.#historia.agoraMs;
    const { licao, prova } = this;
    for (const [id, { quandoMs }] of this.#provas) if (!this.#historia.guarda(quandoMs)) this.#provas.delete(id);
    if (this.prova !== undefined) return undefined;
    if (prova !== undefined) {
      this.#desdeMs = this.#historia.agoraMs;
      return 'esquecida';
    }
    const nova = licao.provar(situacao(this.#desdeMs));
    if (nova === undefined) return undefined;
    this.#provas.set(licao.id, nova);
    this.#feitas.anotar(licao.id);
    return 'alcancada';
  }
}
