/**
 * Um relógio que vários processos dividem por um Redis. Anda com o tempo monotônico deles, e não com a hora do Redis, que
 * pode saltar: nada dura mais nem menos do que deve quando alguém a acerta.
 * Quem está mais adiantado decide, e por isso o relógio nunca volta. Enquanto não há nenhum processo, conta a hora do
 * Redis, se ela andou para a frente.
 */

import type { RedisConnection } from './connection.ts';
import { numero, tupla } from './resposta.ts';
import { definirScript } from './script.ts';

/** O que se guarda: o tempo do relógio, a hora do Redis em que se viu, e desde quando o relógio anda sem parar. */
const LER = `
local guardado = redis.call('HMGET', relogio, 'tempo', 'visto', 'desde')
local tempo, visto, desde = tonumber(guardado[1]), tonumber(guardado[2]), tonumber(guardado[3])
local function guardar()
  redis.call('HSET', relogio, 'tempo', string.format('%.0f', tempo), 'visto', horaDoRedis, 'desde', string.format('%.0f', desde))
  return { string.format('%.0f', tempo), string.format('%.0f', tempo - desde) }
end
`;

const lerTempos = tupla(numero, numero);

const abrirRelogio = definirScript('abrirRelogio', {
  chaves: ['relogio'],
  argumentos: { interrupcaoMs: 'numero' },
  corpo: `-- Responde o tempo do relógio e há quanto ele anda sem parar.
    ${LER}
    if not tempo then
      tempo, desde = horaDoRedis, horaDoRedis
    elseif horaDoRedis > visto then
      tempo = tempo + horaDoRedis - visto
      if horaDoRedis - visto > interrupcaoMs then desde = tempo end
    end
    return guardar()`,
  ler: lerTempos,
});

const acertarRelogio = definirScript('acertarRelogio', {
  chaves: ['relogio'],
  argumentos: { proposto: 'numero', interrupcaoMs: 'numero' },
  corpo: `-- O maior vale. Responde o mesmo que abrir.
    ${LER}
    if not tempo then
      tempo, desde = proposto, proposto
    elseif proposto > tempo then
      if proposto - tempo > interrupcaoMs then desde = proposto end
      tempo = proposto
    end
    return guardar()`,
  ler: lerTempos,
});

interface Dependencias {
  readonly redis: RedisConnection;
  /** A chave do Redis em que o relógio fica. */
  readonly chave: string;
  /** O tempo deste processo, em ms desde um ponto qualquer. */
  readonly monotonicoMs: () => number;
  /** Se ninguém o acertou por mais que isto, o relógio esteve parado. */
  readonly interrupcaoMs: number;
}

export class RelogioDividido {
  readonly #deps: Dependencias;
  #tempoMs: number;
  #vistoEmMs: number;

  private constructor(dependencias: Dependencias, tempoMs: number) {
    this.#deps = dependencias;
    this.#tempoMs = tempoMs;
    this.#vistoEmMs = dependencias.monotonicoMs();
  }

  /** @throws RedisIndisponivel */
  static async abrir(dependencias: Dependencias): Promise<RelogioDividido> {
    const { redis, chave, interrupcaoMs } = dependencias;
    const [tempoMs] = await redis.executar(abrirRelogio, { relogio: chave }, { interrupcaoMs });
    return new RelogioDividido(dependencias, tempoMs);
  }

  /** Em ms, inteiro; o mesmo em todos os processos, a menos do que um comando demora. */
  agoraMs(): number {
    return Math.floor(this.#tempoMs + this.#deps.monotonicoMs() - this.#vistoEmMs);
  }

  /**
   * Acerta-se com os outros processos; cada um o faz muitas vezes em cada `interrupcaoMs`.
   * @returns há quanto tempo o relógio anda sem parar, em ms
   * @throws RedisIndisponivel
   */
  async acertar(): Promise<number> {
    const { redis, chave, monotonicoMs, interrupcaoMs } = this.#deps;
    const pedidoEmMs = monotonicoMs();
    const proposto = this.agoraMs();
    const [tempoMs, semPararMs] = await redis.executar(acertarRelogio, { relogio: chave }, { proposto, interrupcaoMs });
    if (tempoMs > proposto) {
      this.#tempoMs = tempoMs;
      this.#vistoEmMs = pedidoEmMs;
    }
    return semPararMs;
  }
}
