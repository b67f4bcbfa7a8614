/**
 * De quem é cada token, sabido por pouco tempo sem perguntar ao Redis. A sessão que acaba se publica no canal da sua faixa, e
 * deixa de ser conhecida no mesmo instante; enquanto esse canal não se ouve, ou pode ter perdido algo, pergunta-se sempre.
 * Só diz quem chama: o que cada um pode fazer, cada verbo confere no Redis.
 */

import type { Clock } from '../../../process/clock.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { Chamador } from '../../store.ts';
import type { Presencas } from '../estado/presencas.ts';
import type { Sessoes } from '../estado/sessoes.ts';
import { canalDosFins, faixaDoToken } from '../formato/chaves.ts';

/** Depois de uma perda, o canal leva até isto para voltar a ouvir-se. */
const DESCONFIANCA_MS = 5_000;
/** De quantas se lembra; das outras pergunta-se. */
const LEMBRADAS = 50_000;

interface Conhecida {
  readonly tokenHash: string;
  readonly chamador: Chamador;
  /** Quando o Redis disse pela última vez que a sessão existe, em tempo monotônico. */
  vistaEmMs: number;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly sessoes: Pick<Sessoes, 'identificar'>;
  readonly presencas: Pick<Presencas, 'anotar'>;
  /** Por quanto tempo vale o que o Redis disse, em ms. */
  readonly validadeMs: number;
}

export class QuemChama {
  readonly #deps: Dependencias;
  readonly #porHash = new Map<string, Conhecida>();
  readonly #porSessao = new Map<number, Conhecida>();
  /** As faixas cujo canal se ouve, ou se vai ouvir. */
  readonly #faixas = new Map<number, 'pedida' | 'ouvida'>();
  readonly #ouvinte = (sessaoId: string) => this.#acabou(Number(sessaoId));
  #desconfiaAteMs = Number.NEGATIVE_INFINITY;
  /** Quantas sessões acabaram e quantas vezes o canal pode ter perdido algo: o que se perguntou antes já não se guarda. */
  #mudancas = 0;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    dependencias.redis.ouvirPerdas(() => this.#desconfiar());
  }

  /**
   * Perguntar conta como presença.
   * @returns `undefined` se ninguém tem o token
   * @throws RedisIndisponivel
   */
  async reconhecer(tokenHash: string): Promise<Chamador | undefined> {
    const conhecida = this.#porHash.get(tokenHash);
    if (!conhecida || !this.#vale(conhecida)) return this.#perguntar(tokenHash);
    this.#deps.presencas.anotar(conhecida.chamador.id);
    return conhecida.chamador;
  }

  /** O Redis disse que essas sessões existem. */
  confirmar(sessoes: readonly number[], desdeMs: number): void {
    for (const sessaoId of sessoes) {
      const conhecida = this.#porSessao.get(sessaoId);
      if (conhecida) conhecida.vistaEmMs = Math.max(conhecida.vistaEmMs, desdeMs);
    }
  }

  /** Essas sessões acabaram, ou estão acabando. */
  esquecer(sessoes: readonly number[]): void {
    for (const sessaoId of sessoes) this.#acabou(sessaoId);
  }

  async #perguntar(tokenHash: string): Promise<Chamador | undefined> {
    const { clock, sessoes } = this.#deps;
    // Guarda-se só o que se perguntou já ouvindo o canal: um fim que se publica depois chega por ele.
    const ouve = this.#ouvir(faixaDoToken(tokenHash));
    const mudancas = this.#mudancas;
    const vistaEmMs = clock.monotonicoMs();
    const sessao = await sessoes.identificar(tokenHash);
    if (!sessao) return undefined;
    const { id, nome } = sessao;
    const chamador = { id, nome };
    if (ouve && mudancas === this.#mudancas && this.#confia()) this.#guardar({ tokenHash, chamador, vistaEmMs });
    return chamador;
  }

  #vale({ vistaEmMs }: Conhecida): boolean {
    return this.#confia() && this.#deps.clock.monotonicoMs() - vistaEmMs <= this.#deps.validadeMs;
  }

  #confia(): boolean {
    return this.#deps.clock.monotonicoMs() >= this.#desconfiaAteMs;
  }

  #guardar(conhecida: Conhecida): void {
    const [maisAntiga] = this.#porSessao.keys();
    if (maisAntiga !== undefined && this.#porSessao.size >= LEMBRADAS) this.#retirar(maisAntiga);
    this.#porHash.set(conhecida.tokenHash, conhecida);
    this.#porSessao.set(conhecida.chamador.id, conhecida);
  }

  #acabou(sessaoId: number): void {
    this.#mudancas += 1;
    this.#retirar(sessaoId);
  }

  #retirar(sessaoId: number): void {
    const conhecida = this.#porSessao.get(sessaoId);
    if (!conhecida) return;
    this.#porSessao.delete(sessaoId);
    this.#porHash.delete(conhecida.tokenHash);
  }

  #desconfiar(): void {
    this.#mudancas += 1;
    this.#desconfiaAteMs = this.#deps.clock.monotonicoMs() + DESCONFIANCA_MS;
    this.#porHash.clear();
    this.#porSessao.clear();
  }

  /** @returns se já se ouve o canal da faixa; se não, passa-se a ouvi-lo, sem esperar por isso */
  #ouvir(faixa: number): boolean {
    const estado = this.#faixas.get(faixa);
    if (estado) return estado === 'ouvida';
    const { redis } = this.#deps;
    this.#faixas.set(faixa, 'pedida');
    redis.assinar(canalDosFins(faixa, redis.banco), this.#ouvinte).then(
      () => this.#faixas.set(faixa, 'ouvida'),
      () => this.#faixas.delete(faixa),
    );
    return false;
  }
}
