/**
 * A presença no Redis: quando cada sessão deu sinal de vida pela última vez, a qualquer dos servidores. Os sinais vão juntos,
 * de tempos em tempos, cada um com a sua hora; e o que o Redis responde diz quais dessas sessões já não existem.
 */

import type { Clock } from '../../../process/clock.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import type { RelogioDividido } from '../../../redis/relogio-dividido.ts';
import { chavesDaFaixa, chavesDasFaixas, faixaDaSessao } from '../formato/chaves.ts';
import { CHAVES_DA_PRESENCA, renovarPresencas } from '../scripts/sessoes.ts';

/** Um script com muitos argumentos seguraria o Redis. */
const POR_SCRIPT = 500;

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  /** O menor intervalo entre duas vezes que se levam os sinais, em ms. */
  readonly intervaloMs: number;
  /** Recebe as sessões que o Redis confirmou, e desde quando isso vale (tempo monotônico, em ms). */
  readonly aoConfirmar: (sessoes: readonly number[], desdeMs: number) => void;
  /** Recebe as que já não existem. */
  readonly aoFaltar: (sessoes: readonly number[]) => void;
}

type Sinal = readonly [sessaoId: number, quandoMs: number];

export class Presencas {
  readonly #deps: Dependencias;
  #sinais = new Map<number, number>();
  #levadosEmMs = Number.NEGATIVE_INFINITY;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** A sessão deu sinal de vida agora; o Redis o sabe quando se levarem os sinais. */
  anotar(sessaoId: number): void {
    this.#sinais.set(sessaoId, this.#deps.relogio.agoraMs());
  }

  /**
   * Leva os sinais, se já passou o intervalo.
   * @throws RedisIndisponivel; os que não se levaram ficam para a próxima vez
   */
  async levar(): Promise<void> {
    if (this.#deps.clock.monotonicoMs() - this.#levadosEmMs < this.#deps.intervaloMs) return;
    await this.#levarTodos();
  }

  /** Leva o que há, sem esperar pelo intervalo. */
  async close(): Promise<void> {
    // Se o Redis não está, ninguém sai da sala por isso.
    await this.#levarTodos().catch(() => {});
  }

  async #levarTodos(): Promise<void> {
    this.#levadosEmMs = this.#deps.clock.monotonicoMs();
    const porFaixa = chavesDasFaixas().map((): Sinal[] => []);
    for (const sinal of this.#sinais) porFaixa[faixaDaSessao(sinal[0])]?.push(sinal);
    this.#sinais = new Map();
    const juntos = this.#deps.redis.emCluster ? porFaixa : [porFaixa.flat()];
    const grupos = juntos.flatMap((sinais) => emGrupos(sinais));
    const levados = await Promise.allSettled(grupos.map((grupo) => this.#levarGrupo(grupo)));
    const falha = levados.find((levado) => levado.status === 'rejected');
    if (falha) throw falha.reason;
  }

  async #levarGrupo(grupo: readonly Sinal[]): Promise<void> {
    const { redis, clock, aoConfirmar, aoFaltar } = this.#deps;
    const desdeMs = clock.monotonicoMs();
    const faixas = [...new Set(grupo.map(([sessaoId]) => faixaDaSessao(sessaoId)))];
    const chaves = faixas.flatMap((faixa) => CHAVES_DA_PRESENCA.map((nome) => chavesDaFaixa(faixa)[nome]));
    const argumentos = grupo.flatMap((sinal) => [faixas.indexOf(faixaDaSessao(sinal[0])), ...sinal]);
    try {
      const faltam = await redis.executar(renovarPresencas, {}, {}, { chaves, argumentos });
      const faltou = new Set(faltam);
      aoFaltar(faltam);
      aoConfirmar(
        grupo.map(([sessaoId]) => sessaoId).filter((sessaoId) => !faltou.has(sessaoId)),
        desdeMs,
      );
    } catch (erro) {
      for (const [sessaoId, quandoMs] of grupo) {
        if (!this.#sinais.has(sessaoId)) this.#sinais.set(sessaoId, quandoMs);
      }
      throw erro;
    }
  }
}

function emGrupos<T>(itens: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(itens.length / POR_SCRIPT) }, (_, indice) =>
    itens.slice(indice * POR_SCRIPT, (indice + 1) * POR_SCRIPT),
  );
}
