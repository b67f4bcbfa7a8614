/**
 * Quem espera por mensagens sabe delas pelo canal da sala, venham de que servidor vierem.
 * Um canal perde avisos quando a conexão cai; uma ronda compara, de vez em quando, o que se avisou com o que a sala tem.
 */

import type { RedisConnection } from '../../redis/connection.ts';
import type { Gravada } from '../store.ts';
import { chavesDaSala } from './chaves.ts';

const RONDA_MS = 1_000;
/** Mais que a espera mais longa de uma chamada (30 s): depois disto ninguém espera pelo canal. */
const SEM_USO_MS = 60_000;

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

export class Avisos {
  readonly #redis: RedisConnection;
  readonly #acompanhadas = new Map<string, Acompanhada>();
  readonly #aoFalhar: (erro: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #ouvinte: (gravada: Gravada) => void = () => {};

  /** @param aoFalhar recebe o que um ouvinte lança, para o log */
  constructor(redis: RedisConnection, aoFalhar: (erro: unknown) => void) {
    this.#redis = redis;
    this.#aoFalhar = aoFalhar;
    this.#timer = setInterval(() => void this.rondar().catch(() => {}), RONDA_MS);
    this.#timer.unref();
  }

  ouvir(ouvinte: (gravada: Gravada) => void): void {
    this.#ouvinte = ouvinte;
  }

  /**
   * Passa a avisar das mensagens de uma sala, e por mais um minuto.
   * @param sala o nome como se compara
   */
  async acompanhar(sala: string): Promise<void> {
    const acompanhada = this.#acompanhadas.get(sala) ?? this.#comecar(sala);
    acompanhada.usadaEmMs = performance.now();
    await acompanhada.assinatura;
  }

  /** Procura o que passou sem aviso, e esquece as salas por que ninguém espera. */
  async rondar(): Promise<void> {
    await Promise.all([...this.#acompanhadas.values()].map((acompanhada) => this.#conferir(acompanhada)));
  }

  close(): void {
    clearInterval(this.#timer);
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
    const { avisos } = chavesDaSala(acompanhada.sala);
    await this.#redis.assinar(avisos, acompanhada.ouvinte);
    acompanhada.ultimo = Math.max(acompanhada.ultimo, await this.#ultimoId(acompanhada.sala));
  }

  async #ultimoId(sala: string): Promise<number> {
    const { dados } = chavesDaSala(sala);
    return Number((await this.#redis.comando(dados, 'HGET', dados, 'ultimo')) ?? 0);
  }

  async #conferir(acompanhada: Acompanhada): Promise<void> {
    const { sala, assinatura, usadaEmMs } = acompanhada;
    await assinatura;
    if (performance.now() - usadaEmMs > SEM_USO_MS) {
      this.#acompanhadas.delete(sala);
      return this.#redis.desassinar(chavesDaSala(sala).avisos, acompanhada.ouvinte);
    }
    const atual = await this.#ultimoId(sala);
    // Um aviso pode ainda estar a caminho: só o que já faltava na ronda anterior se perdeu.
    const perdeuSe = acompanhada.idNaRonda > acompanhada.ultimo;
    acompanhada.idNaRonda = atual;
    if (perdeuSe) this.#avisar(acompanhada, `${atual} todos`);
  }

  #avisar(acompanhada: Acompanhada, texto: string): void {
    const [id, quem = 'todos'] = texto.split(' ');
    const mensagemId = Number(id);
    // Os ids de uma sala são seguidos: se falta algum, o aviso dele se perdeu, e não se sabe de quem era.
    const faltam = mensagemId > acompanhada.ultimo + 1;
    acompanhada.ultimo = Math.max(acompanhada.ultimo, mensagemId);
    const visivelPara = faltam || quem === 'todos' ? 'todos' : quem.split(',').map(Number);
    try {
      this.#ouvinte({ sala: acompanhada.sala, mensagemId, visivelPara });
    } catch (erro) {
      this.#aoFalhar(erro);
    }
  }
}
