/** O registro na memória do binder: começa vazio, e acaba com ele. */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../process/clock.ts';
import { Changes } from './changes.ts';
import {
  type Endpoint,
  type EndpointVivo,
  MAXIMO_DE_REGISTROS,
  type ProcedimentoRegistrado,
  type Registry,
  registroCheio,
  type TabelaComVersao,
} from './registry.ts';
import { Table } from './table.ts';

export class MemoryRegistry implements Registry {
  readonly disponivel = true;
  readonly #tabela = new Table();
  readonly #clock: Clock;
  readonly #changes: Changes;
  /** Um binder que recomeça não repete as versões do que acabou. */
  readonly #inicio = randomBytes(6).toString('hex');
  /** Quantas vezes um endpoint veio ou foi retirado. */
  #mudancas = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#changes = new Changes(() => {
      this.#tabela.varrer(clock.monotonicoMs());
      return this.#tabela.vencidos;
    });
  }

  async register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void> {
    const agoraMs = this.#clock.monotonicoMs();
    if (!this.#tabela.tem(nome, endpoint)) this.#abrirLugar(agoraMs);
    const validadeMs = ttl_s === undefined ? Number.POSITIVE_INFINITY : agoraMs + ttl_s * 1000;
    const { address, port } = endpoint;
    if (this.#tabela.guardar(nome, { address, port, validadeMs }, agoraMs)) this.#mudou();
  }

  async lookup(nome: string): Promise<EndpointVivo> {
    return this.#tabela.entregar(nome, this.#clock.monotonicoMs());
  }

  async unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    const estava = this.#tabela.retirar(nome, endpoint, this.#clock.monotonicoMs());
    if (estava) this.#mudou();
    return estava;
  }

  async list(): Promise<ProcedimentoRegistrado[]> {
    return this.#tabela.listar(this.#clock.monotonicoMs());
  }

  async listComVersao(): Promise<TabelaComVersao> {
    const procedures = this.#tabela.listar(this.#clock.monotonicoMs());
    // Entre duas mudanças contadas só se vence: quantos estão vivos completa a versão.
    return { versao: `${this.#inicio}-${this.#mudancas}-${this.#tabela.tamanho}`, procedures };
  }

  aoMudar(ouvinte: () => void): () => void {
    return this.#changes.ouvir(ouvinte);
  }

  close(): Promise<void> {
    return this.#changes.close();
  }

  #mudou(): void {
    this.#mudancas += 1;
    this.#changes.avisar();
  }

  /** Conta também o que venceu desde a última varredura, e só varre quando parece não caber mais. */
  #abrirLugar(agoraMs: number): void {
    if (this.#tabela.tamanho >= MAXIMO_DE_REGISTROS) this.#tabela.varrer(agoraMs);
    if (this.#tabela.tamanho >= MAXIMO_DE_REGISTROS) throw registroCheio();
  }
}
