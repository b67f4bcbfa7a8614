/**
 * A lista das salas, para muitos de uma vez: uma leitura em andamento por servidor, e quem chega durante ela divide a
 * seguinte. Enquanto nada muda no índice, a mesma lista serve a todos.
 */

import type { Sala } from '../../../contract/chat.ts';
import { type Clock, relogioDoSistema, type Temporizador } from '../../../process/clock.ts';
import type { RedisConnection } from '../../../redis/connection.ts';
import { lista, ou, pares, texto } from '../../../redis/resposta.ts';
import type { SalaAberta } from '../../store.ts';
import { INDICE } from '../formato/chaves.ts';
import { type DetalhesGuardados, emOrdem, emSala, type SalaCitada } from '../formato/registros.ts';

/** As mesmas salas, com e sem os detalhes. */
export interface Listadas {
  readonly salas: readonly SalaAberta[];
  readonly comDetalhes: readonly Sala[];
}

/** Reler a lista inteira não toma mais que uma parte em dez do tempo. */
const DESCANSO = 10;

export class Listagem {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #esperar: Temporizador['esperar'];
  #emAndamento: Promise<unknown> | undefined;
  #seguinte: Promise<Listadas> | undefined;
  #versao: string | undefined;
  #salas: Listadas = { salas: [], comDetalhes: [] };
  #naoAntesDeMs = Number.NEGATIVE_INFINITY;

  constructor(redis: RedisConnection, clock: Clock, esperar = relogioDoSistema.esperar) {
    this.#redis = redis;
    this.#clock = clock;
    this.#esperar = esperar;
  }

  /** Por nome, em ordem de code points: as que havia depois que se chamou. */
  listar(): Promise<Listadas> {
    if (!this.#emAndamento) return this.#comecar();
    // A leitura em andamento pode ter começado antes do que quem chama já sabe.
    this.#seguinte ??= this.#emAndamento.then(
      () => this.#comecar(),
      () => this.#comecar(),
    );
    return this.#seguinte;
  }

  #comecar(): Promise<Listadas> {
    this.#seguinte = undefined;
    const leitura = this.#ler();
    const terminar = () => {
      if (this.#emAndamento === leitura) this.#emAndamento = undefined;
    };
    this.#emAndamento = leitura;
    leitura.then(terminar, terminar);
    return leitura;
  }

  async #ler(): Promise<Listadas> {
    if (this.#versao !== undefined && (await this.#lerVersao()) === this.#versao) return this.#salas;
    const { monotonicoMs } = this.#clock;
    const faltamMs = this.#naoAntesDeMs - monotonicoMs();
    if (faltamMs > 0) await this.#esperar(faltamMs);
    const inicioMs = monotonicoMs();
    const { salas, ocupacao, detalhes } = INDICE;
    // A versão vai à frente: se algo mudar entre ela e o resto, a próxima leitura vê outra.
    const [versao, textos, ocupadas, configuradas] = await Promise.all([
      this.#lerVersao(),
      this.#redis.comando(lista(texto), salas, 'HVALS', salas),
      this.#redis.comando(pares, ocupacao, 'HGETALL', ocupacao),
      this.#redis.comando(pares, detalhes, 'HGETALL', detalhes),
    ]);
    this.#salas = montar(textos, new Map(ocupadas), new Map(configuradas));
    this.#versao = versao;
    this.#naoAntesDeMs = monotonicoMs() + DESCANSO * (monotonicoMs() - inicioMs);
    return this.#salas;
  }

  async #lerVersao(): Promise<string> {
    const { versao } = INDICE;
    return (await this.#redis.comando(ou(texto), versao, 'GET', versao)) ?? '';
  }
}

/**
 * @param ocupadas o nome como se compara → quantas mudanças, e quantos estão
 * @param configuradas o nome como se compara → quantas mudanças, e o que o dono configurou, em JSON
 */
function montar(
  textos: readonly string[],
  ocupadas: ReadonlyMap<string, string>,
  configuradas: ReadonlyMap<string, string>,
): Listadas {
  const porNome = new Map<string, Sala>();
  for (const salaEmJson of textos) {
    const { nome, chave, criador } = JSON.parse(salaEmJson) as SalaCitada;
    const usuarios = Number(ocupadas.get(chave)?.split(' ')[1] ?? 0);
    const configurado = configuradas.get(chave)?.replace(/^\d+ /, '');
    const detalhes: DetalhesGuardados = configurado
      ? JSON.parse(configurado)
      : { ...(criador && { dono: criador.nome }) };
    porNome.set(nome, Object.freeze(emSala(nome, usuarios, detalhes)));
  }
  const comDetalhes = emOrdem([...porNome.keys()]).map((nome) => porNome.get(nome) as Sala);
  const salas = comDetalhes.map(({ nomeSala, usuarios }) => Object.freeze({ nomeSala, usuarios }));
  return { salas: Object.freeze(salas), comDetalhes: Object.freeze(comDetalhes) };
}
