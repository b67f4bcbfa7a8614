/**
 * A lista das salas, para muitos de uma vez: uma leitura em andamento por servidor, e quem chega durante ela divide a
 * seguinte. Enquanto nada muda no índice, a mesma lista serve a todos.
 */

import { setTimeout as esperar } from 'node:timers/promises';
import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { lista, ou, pares, texto } from '../../redis/resposta.ts';
import type { SalaAberta } from '../store.ts';
import { INDICE } from './chaves.ts';
import { emOrdem, type SalaCitada } from './registros.ts';

/** Reler a lista inteira não toma mais que uma parte em dez do tempo. */
const DESCANSO = 10;

export class Listagem {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  #emAndamento: Promise<unknown> | undefined;
  #seguinte: Promise<readonly SalaAberta[]> | undefined;
  #versao: string | undefined;
  #salas: readonly SalaAberta[] = [];
  #naoAntesDeMs = Number.NEGATIVE_INFINITY;

  constructor(redis: RedisConnection, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** Por nome, em ordem de code points: as que havia depois que se chamou. */
  listar(): Promise<readonly SalaAberta[]> {
    if (!this.#emAndamento) return this.#comecar();
    // A leitura em andamento pode ter começado antes do que quem chama já sabe.
    this.#seguinte ??= this.#emAndamento.then(
      () => this.#comecar(),
      () => this.#comecar(),
    );
    return this.#seguinte;
  }

  #comecar(): Promise<readonly SalaAberta[]> {
    this.#seguinte = undefined;
    const leitura = this.#ler();
    const terminar = () => {
      if (this.#emAndamento === leitura) this.#emAndamento = undefined;
    };
    this.#emAndamento = leitura;
    leitura.then(terminar, terminar);
    return leitura;
  }

  async #ler(): Promise<readonly SalaAberta[]> {
    if (this.#versao !== undefined && (await this.#lerVersao()) === this.#versao) return this.#salas;
    const { monotonicoMs } = this.#clock;
    const faltamMs = this.#naoAntesDeMs - monotonicoMs();
    if (faltamMs > 0) await esperar(faltamMs);
    const inicioMs = monotonicoMs();
    const { salas, ocupacao } = INDICE;
    // A versão vai à frente: se algo mudar entre ela e o resto, a próxima leitura vê outra.
    const [versao, textos, ocupadas] = await Promise.all([
      this.#lerVersao(),
      this.#redis.comando(lista(texto), salas, 'HVALS', salas),
      this.#redis.comando(pares, ocupacao, 'HGETALL', ocupacao),
    ]);
    this.#salas = montar(textos, new Map(ocupadas));
    this.#versao = versao;
    this.#naoAntesDeMs = monotonicoMs() + DESCANSO * (monotonicoMs() - inicioMs);
    return this.#salas;
  }

  async #lerVersao(): Promise<string> {
    const { versao } = INDICE;
    return (await this.#redis.comando(ou(texto), versao, 'GET', versao)) ?? '';
  }
}

/** @param ocupadas o nome como se compara → quantas mudanças, e quantos estão */
function montar(textos: readonly string[], ocupadas: ReadonlyMap<string, string>): readonly SalaAberta[] {
  const usuarios = new Map<string, number>();
  for (const salaEmJson of textos) {
    const { nome, chave } = JSON.parse(salaEmJson) as SalaCitada;
    usuarios.set(nome, Number(ocupadas.get(chave)?.split(' ')[1] ?? 0));
  }
  return Object.freeze(
    emOrdem([...usuarios.keys()]).map((nomeSala) =>
      Object.freeze({ nomeSala, usuarios: usuarios.get(nomeSala) as number }),
    ),
  );
}
