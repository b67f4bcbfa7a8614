/** As salas de que uma sessão é dona, e a quem passam quando ela acaba. */

import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { lista, texto } from '../../redis/resposta.ts';
import type { Indice } from './estado/indice.ts';
import type { Limpeza } from './estado/limpeza.ts';
import { argumentosDaSala, donoSegundo, NOVO_DONO } from './estado/salas.ts';
import { type ChavesDaSessao, chavesDaSala, chavesDaSessao } from './formato/chaves.ts';
import { anotarNaSessao, deixarDeSerDono } from './scripts/donos.ts';

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly indice: Indice;
  readonly limpeza: Limpeza;
  readonly historia: number;
}

export class Herancas {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /**
   * A sala é, ou vai ser, da sessão. Se ela está acabando, ainda está na sala, e ao sair dela a passa adiante.
   * @param sala o nome como se compara
   * @returns false se a sessão acabou ou está acabando
   */
  anotarPropria(sessaoId: number, sala: string): Promise<boolean> {
    return this.#anotar(sessaoId, 'proprias', sala);
  }

  /** A sala guarda algo da sessão, que se apaga quando ela acaba. */
  anotarRastro(sessaoId: number, sala: string): Promise<boolean> {
    return this.#anotar(sessaoId, 'rastros', sala);
  }

  /** A sessão está acabando, e já não está em sala alguma. Feito de novo, não muda nada. */
  async passarAdiante(sessaoId: number): Promise<void> {
    const { proprias } = chavesDaSessao(sessaoId);
    for (const sala of await this.#deps.redis.comando(lista(texto), proprias, 'SMEMBERS', proprias)) {
      await this.passarSala(sessaoId, sala);
    }
  }

  /** @param chave a sala, pelo nome como se compara; sem efeito se não é da sessão */
  async passarSala(sessaoId: number, chave: string): Promise<void> {
    const { redis, indice, limpeza } = this.#deps;
    const buscada = await indice.buscar(chave);
    if (!buscada) return;
    const { sala } = buscada;
    const argumentos = { ...argumentosDaSala(this.#deps, buscada), eu: String(sessaoId), novoDono: NOVO_DONO };
    const passada = await redis.executar(deixarDeSerDono, chavesDaSala(sala.chave), argumentos);
    if (passada.desfecho === 'ANTIGA') {
      await limpeza.apagarAnterior(sala);
      return this.passarSala(sessaoId, chave);
    }
    if (passada.desfecho === 'NAO_HA') return;
    const [situacao] = passada.valor;
    await indice.anotar(sala, situacao);
    const donoId = donoSegundo(situacao);
    if (donoId !== undefined) await this.anotarPropria(donoId, sala.chave);
  }

  #anotar(sessaoId: number, conjunto: keyof Pick<ChavesDaSessao, 'proprias' | 'rastros'>, sala: string) {
    const chaves = chavesDaSessao(sessaoId);
    const argumentos = { id: String(sessaoId), sala };
    return this.#deps.redis.executar(
      anotarNaSessao,
      { sessoes: chaves.sessoes, conjunto: chaves[conjunto] },
      argumentos,
    );
  }
}
