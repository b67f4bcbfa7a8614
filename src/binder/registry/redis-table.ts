/**
 * A tabela que os binders dividem no Redis, como este binder a tem consigo. Sabe do que os outros gravam por um canal, que
 * perde avisos quando a conexão cai: uma ronda compara o número da última gravação, e lê tudo se falta alguma.
 */

import { type Clock, relogioDoSistema } from '../../process/clock.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { Closable } from '../../process/lifecycle.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { lista, numero, ou, texto } from '../../redis/resposta.ts';
import {
  CHAVES,
  canalDoRegistro,
  type Gravacao,
  type Guardado,
  ler,
  lerGravacao,
  lerGuardado,
} from './redis-scripts.ts';
import type { Registro, Table } from './table.ts';

/** O contrato: o que se diz nunca é mais velho que 1 s. */
const FRESCOR_MS = 1_000;
const RONDA_MS = 400;
/** O que se gravou agora pode ainda estar a caminho, pelo canal: ler tudo custa mais. */
const A_CAMINHO_MS = 20;
/** Mais que isto à espera de uma que falta, e lê-se tudo. */
const MAXIMO_DE_ADIANTADAS = 1_000;

interface Dependencias {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  /** Vazia: o que há no Redis passa para ela. */
  readonly tabela: Table;
  /** Chamado quando um endpoint pode ter vindo ou ido. */
  readonly aoMudar: () => void;
}

export class RedisTable implements Closable {
  readonly #deps: Dependencias;
  readonly #laco: LacoPeriodico;
  readonly #ouvinte = (gravacao: string) => this.#ouvir(lerGravacao(gravacao));
  #inicio = '';
  #revisao = 0;
  #mudanca = 0;
  /** As que se ouviram antes de uma anterior. */
  readonly #adiantadas = new Map<number, Gravacao>();
  /** A última gravação deste binder que não se pôde aplicar logo: falta ouvir uma anterior. */
  #devida: Gravacao | undefined;
  /** Até quando, em tempo monotônico, se sabe que nada falta. */
  #conferidaEmMs = Number.NEGATIVE_INFINITY;
  #ronda: Promise<void> | undefined;

  private constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
    // Sem o Redis, a conexão já disse que ele não está; quem lê é recusado.
    this.#laco = new LacoPeriodico({ intervaloMs: RONDA_MS, agir: () => this.conferir(), aoFalhar: () => {} });
  }

  /** @throws RedisIndisponivel */
  static async abrir(dependencias: Dependencias): Promise<RedisTable> {
    const aberta = new RedisTable(dependencias);
    await dependencias.redis.assinar(canalDoRegistro(dependencias.redis.banco), aberta.#ouvinte);
    await aberta.#lerTudo();
    aberta.#laco.iniciar();
    return aberta;
  }

  /** A mesma em todos os binders que têm a mesma tabela; entre duas mudanças só se vence, e é a contagem que o diz. */
  get versao(): string {
    return `${this.#inicio}-${this.#mudanca}-${this.#deps.tabela.tamanho}`;
  }

  /**
   * Espera, se preciso, até saber que a tabela daqui não é mais velha que 1 s, e tem o que este binder gravou.
   * @throws RedisIndisponivel
   */
  atualizar(): Promise<void> | undefined {
    if (this.#devida && this.#abrange(this.#devida)) this.#devida = undefined;
    const idadeMs = this.#deps.clock.monotonicoMs() - this.#conferidaEmMs;
    return idadeMs < FRESCOR_MS && !this.#devida ? undefined : this.#atualizar();
  }

  /** Uma gravação que este binder fez: quem lê aqui, daqui em diante, a vê. */
  gravou(gravacao: Gravacao): void {
    this.#ouvir(gravacao);
    if (!this.#abrange(gravacao)) this.#devida = gravacao;
  }

  /** O Redis não respondeu a uma gravação: daqui em diante só se lê depois de perguntar. */
  desconfiar(): void {
    this.#conferidaEmMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Procura o que se gravou sem que se ouvisse.
   * @throws RedisIndisponivel
   */
  conferir(): Promise<void> {
    this.#ronda ??= this.#conferir().finally(() => {
      this.#ronda = undefined;
    });
    return this.#ronda;
  }

  async close(): Promise<void> {
    await this.#laco.close();
    await this.#deps.redis.desassinar(canalDoRegistro(this.#deps.redis.banco), this.#ouvinte).catch(() => {});
  }

  async #atualizar(): Promise<void> {
    const devida = this.#devida;
    await this.conferir();
    // A conferência que já estava em andamento pode ser de antes da gravação.
    if (devida && !this.#abrange(devida)) await this.conferir();
    if (this.#devida === devida) this.#devida = undefined;
  }

  async #conferir(): Promise<void> {
    const { redis, clock } = this.#deps;
    const pedidaEmMs = clock.monotonicoMs();
    const sabida = this.#revisao;
    const [inicio = '', lida = '0'] = await redis.comando(
      lista(ou(texto)),
      CHAVES.estado,
      ...(['HMGET', CHAVES.estado, 'inicio', 'revisao'] as const),
    );
    const revisao = numero(lida);
    const falta = () => inicio !== this.#inicio || revisao > this.#revisao;
    if (falta()) await relogioDoSistema.esperar(A_CAMINHO_MS);
    // Menor do que já se sabia: o Redis perdeu gravações.
    if (falta() || revisao < sabida) await this.#lerTudo();
    this.#conferidaEmMs = pedidaEmMs;
  }

  async #lerTudo(): Promise<void> {
    const sabida = this.#revisao;
    const [inicio, revisao, mudanca, registros] = await this.#deps.redis.executar(ler, CHAVES, {});
    // O que se ouviu enquanto se lia é mais novo; o que se sabia antes e não está lá o Redis perdeu.
    if (inicio === this.#inicio && revisao >= sabida && revisao < this.#revisao) return;
    this.#deps.tabela.trocarPor(
      registros.map(([campo, guardado]) => [nomeDo(campo), lerGuardado(guardado)] as const).sort(porTurno),
    );
    const mudou = inicio !== this.#inicio || mudanca !== this.#mudanca;
    this.#inicio = inicio;
    this.#revisao = revisao;
    this.#mudanca = mudanca;
    if (this.#aplicarSeguidas() || mudou) this.#deps.aoMudar();
  }

  #abrange({ inicio, revisao }: Gravacao): boolean {
    return inicio === this.#inicio && revisao <= this.#revisao;
  }

  #ouvir(gravacao: Gravacao): void {
    if (this.#abrange(gravacao)) return;
    // O Redis recomeçou: só perguntando se sabe o que há nele.
    if (gravacao.inicio !== this.#inicio) return void this.conferir().catch(() => {});
    if (this.#adiantadas.size < MAXIMO_DE_ADIANTADAS) this.#adiantadas.set(gravacao.revisao, gravacao);
    if (this.#aplicarSeguidas()) this.#deps.aoMudar();
  }

  /** @returns se um endpoint veio ou foi */
  #aplicarSeguidas(): boolean {
    let mudou = false;
    for (;;) {
      const seguinte = this.#adiantadas.get(this.#revisao + 1);
      if (!seguinte) break;
      this.#revisao += 1;
      if (seguinte.mudou) this.#mudanca = this.#revisao;
      mudou ||= seguinte.mudou;
      const { nome, guardado } = seguinte;
      if (guardado) this.#deps.tabela.guardar(nome, emRegistro(guardado), 0);
      else this.#deps.tabela.retirar(nome, seguinte, 0);
    }
    for (const revisao of this.#adiantadas.keys()) if (revisao <= this.#revisao) this.#adiantadas.delete(revisao);
    return mudou;
  }
}

function nomeDo(campo: string): string {
  return campo.slice(0, campo.indexOf(' '));
}

/** Quem chegou antes tem a vez antes. */
function porTurno([, um]: readonly [string, Guardado], [, outro]: readonly [string, Guardado]): number {
  return um.turno < outro.turno ? -1 : 1;
}

function emRegistro({ address, port, validadeMs }: Guardado): Registro {
  return { address, port, validadeMs };
}
