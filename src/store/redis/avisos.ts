/**
 * Quem espera por mensagens sabe delas pelo canal da sala, venham de que servidor vierem.
 * Um canal só perde avisos quando a conexão cai ou ele muda de lugar: então algumas rondas comparam o que se avisou com o
 * que cada sala tem. Enquanto nada disso acontece, acompanhar uma sala não custa nada ao Redis.
 */

import { ContractError } from '../../contract/errors.ts';
import { ESPERA_MAXIMA_MS } from '../../contract/limites.ts';
import type { Clock } from '../../process/clock.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { numero, ou } from '../../redis/resposta.ts';
import type { Gravada } from '../store.ts';
import { MAXIMO_DE_SALAS } from '../teto-de-salas.ts';
import { canalDaSala, chavesDaSala } from './chaves.ts';

const RONDA_MS = 1_000;
/** Um aviso atrasado só se dá por perdido na segunda; a terceira vê o que se gravou enquanto o canal voltava. */
const RONDAS_DEPOIS_DE_UMA_PERDA = 3;
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
  /** Quantas salas se acompanham ao mesmo tempo. */
  readonly maximo?: number;
}

export class Avisos {
  readonly #deps: Dependencias;
  readonly #acompanhadas = new Map<string, Acompanhada>();
  readonly #laco: LacoPeriodico;
  #rondasDevidas = 0;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    dependencias.redis.ouvirPerdas(() => {
      this.#rondasDevidas = RONDAS_DEPOIS_DE_UMA_PERDA;
    });
    // Sem o Redis, a próxima ronda vê o que faltou.
    this.#laco = new LacoPeriodico({ intervaloMs: RONDA_MS, agir: () => this.rondar(), aoFalhar: () => {} });
    this.#laco.iniciar();
  }

  /** @param sala o nome como se compara */
  acompanha(sala: string): boolean {
    return this.#acompanhadas.has(sala);
  }

  /**
   * Passa a avisar das mensagens de uma sala, por mais tempo do que uma chamada pode esperar.
   * @param sala o nome como se compara
   * @throws LIMITE_EXCEDIDO se já se acompanham salas demais
   */
  async acompanhar(sala: string): Promise<void> {
    const acompanhada = this.#acompanhadas.get(sala) ?? this.#comecar(sala);
    acompanhada.usadaEmMs = this.#deps.clock.monotonicoMs();
    // A que se usou há mais tempo fica sempre na frente.
    this.#acompanhadas.delete(sala);
    this.#acompanhadas.set(sala, acompanhada);
    await acompanhada.assinatura;
  }

  /** Esquece as salas por que ninguém espera e, se avisos podem ter-se perdido, procura-os. */
  async rondar(): Promise<void> {
    const agoraMs = this.#deps.clock.monotonicoMs();
    const semUso = [...this.#acompanhadas.values()].filter(({ usadaEmMs }) => agoraMs - usadaEmMs > SEM_USO_MS);
    await Promise.all(semUso.map((acompanhada) => this.#esquecer(acompanhada)));
    if (this.#rondasDevidas === 0) return;
    const devidas = this.#rondasDevidas;
    await Promise.all([...this.#acompanhadas.values()].map((acompanhada) => this.#conferir(acompanhada)));
    // Uma perda enquanto isso começa a conta de novo.
    if (this.#rondasDevidas === devidas) this.#rondasDevidas -= 1;
  }

  async close(): Promise<void> {
    await this.#laco.close();
    this.#acompanhadas.clear();
  }

  #comecar(sala: string): Acompanhada {
    this.#abrirLugar();
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

  /** @throws LIMITE_EXCEDIDO se há salas demais, e em todas pode haver quem espere */
  #abrirLugar(): void {
    const { clock, maximo = MAXIMO_DE_SALAS } = this.#deps;
    if (this.#acompanhadas.size < maximo) return;
    const [maisAntiga] = this.#acompanhadas.values();
    if (!maisAntiga || clock.monotonicoMs() - maisAntiga.usadaEmMs <= ESPERA_MAXIMA_MS) {
      throw new ContractError('LIMITE_EXCEDIDO', { tenteEmMs: RONDA_MS });
    }
    // Se o Redis não está, deixa-se de ouvir o canal quando a conexão cair.
    this.#esquecer(maisAntiga).catch(() => {});
  }

  async #esquecer({ sala, ouvinte, assinatura }: Acompanhada): Promise<void> {
    this.#acompanhadas.delete(sala);
    await assinatura;
    await this.#deps.redis.desassinar(canalDaSala(sala, this.#deps.redis.banco), ouvinte);
  }

  async #conferir(acompanhada: Acompanhada): Promise<void> {
    const { sala, assinatura } = acompanhada;
    await assinatura;
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
