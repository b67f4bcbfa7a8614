/**
 * Quem espera por mensagens sabe delas pelo canal da sala, venham de que servidor vierem.
 * Um canal perde avisos quando a conexão cai; uma ronda compara, de vez em quando, o que se avisou com o que a sala tem.
 */

import { ESPERA_MAXIMA_MS } from '../../contract/limites.ts';
import type { Clock } from '../../process/clock.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { numero, ou } from '../../redis/resposta.ts';
import type { Gravada } from '../store.ts';
import { canalDaSala, chavesDaSala } from './chaves.ts';

const RONDA_MS = 1_000;
/** Depois disto ninguém mais espera pelo canal. */
const SEM_USO_MS = 2 * ESPERA_MAXIMA_MS;

interface Acompanhada {
  readonly sala: string;
  readonly ouvinte: (texto: string) => void;
  assinatura: Promise<void>;
  usadaEmMs: number;
  /** O maior id de mensagem de que já se avisou. */
  ultimo: number;
  /** O maior id que a sala tinha na ronda anterior. */
  idNaRonda: number;
}

interface Dependencias {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly aoGravar: (gravada: Gravada) => void;
  /** Recebe o que `aoGravar` lança, para o log. */
  readonly aoFalhar: (erro: unknown) => void;
}

export class Avisos {
  readonly #deps: Dependencias;
  readonly #acompanhadas = new Map<string, Acompanhada>();
  readonly #laco: LacoPeriodico;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    // Sem o Redis, a próxima ronda vê o que faltou.
    this.#laco = new LacoPeriodico({ intervaloMs: RONDA_MS, agir: () => this.rondar(), aoFalhar: () => {} });
    this.#laco.iniciar();
  }

  /**
   * Passa a avisar das mensagens de uma sala, por mais tempo do que uma chamada pode esperar.
   * @param sala o nome como se compara
   */
  async acompanhar(sala: string): Promise<void> {
    const acompanhada = this.#acompanhadas.get(sala) ?? this.#comecar(sala);
    acompanhada.usadaEmMs = this.#deps.clock.monotonicoMs();
    await acompanhada.assinatura;
  }

  /** Procura o que passou sem aviso, e esquece as salas por que ninguém espera. */
  async rondar(): Promise<void> {
    await Promise.all([...this.#acompanhadas.values()].map((acompanhada) => this.#conferir(acompanhada)));
  }

  async close(): Promise<void> {
    await this.#laco.close();
    this.#acompanhadas.clear();
  }

  #comecar(sala: string): Acompanhada {
    const acompanhada: Acompanhada = {
      sala,
      ouvinte: (texto) => this.#avisar(acompanhada, texto),
      assinatura: Promise.resolve(),
      usadaEmMs: 0,
      ultimo: 0,
      idNaRonda: 0,
    };
    acompanhada.assinatura = this.#assinar(acompanhada);
    this.#acompanhadas.set(sala, acompanhada);
    acompanhada.assinatura.catch(() => this.#acompanhadas.delete(sala));
    return acompanhada;
  }

  /** O último id se lê depois de assinar e antes que alguém leia a sala: o que ele abrange, ninguém espera. */
  async #assinar(acompanhada: Acompanhada): Promise<void> {
    await this.#deps.redis.assinar(canalDaSala(acompanhada.sala, this.#deps.redis.banco), acompanhada.ouvinte);
    acompanhada.ultimo = Math.max(acompanhada.ultimo, await this.#ultimoId(acompanhada.sala));
  }

  async #ultimoId(sala: string): Promise<number> {
    const { dados } = chavesDaSala(sala);
    return (await this.#deps.redis.comando(ou(numero), dados, 'HGET', dados, 'ultimo')) ?? 0;
  }

  async #conferir(acompanhada: Acompanhada): Promise<void> {
    const { sala, assinatura, usadaEmMs } = acompanhada;
    await assinatura;
    if (this.#deps.clock.monotonicoMs() - usadaEmMs > SEM_USO_MS) {
      this.#acompanhadas.delete(sala);
      return this.#deps.redis.desassinar(canalDaSala(sala, this.#deps.redis.banco), acompanhada.ouvinte);
    }
    const atual = await this.#ultimoId(sala);
    // Um aviso pode ainda estar a caminho: só o que já faltava na ronda anterior se perdeu.
    const perdeuSe = acompanhada.idNaRonda > acompanhada.ultimo;
    acompanhada.idNaRonda = atual;
    if (perdeuSe) this.#contar(acompanhada, atual, 'todos');
  }

  #avisar(acompanhada: Acompanhada, texto: string): void {
    const [id = '', anterior = '', quem = 'todos'] = texto.split(' ');
    // Se o anterior não é o último de que se avisou, algum aviso se perdeu, e não se sabe de quem era.
    const faltam = Number(anterior) > acompanhada.ultimo;
    this.#contar(acompanhada, Number(id), faltam || quem === 'todos' ? 'todos' : quem.split(',').map(Number));
  }

  #contar(acompanhada: Acompanhada, mensagemId: number, visivelPara: Gravada['visivelPara']): void {
    const { aoGravar, aoFalhar } = this.#deps;
    acompanhada.ultimo = Math.max(acompanhada.ultimo, mensagemId);
    try {
      aoGravar({ sala: acompanhada.sala, mensagemId, visivelPara });
    } catch (erro) {
      aoFalhar(erro);
    }
  }
}
