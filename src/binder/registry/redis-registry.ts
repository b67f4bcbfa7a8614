/**
 * O registro no Redis: vários binders o dividem, e cada um tem a tabela consigo, e a vez também. Sobrevive a todos eles.
 * Cada gravação é um script, e o relógio dos leases é um só para todos os binders. Uma leitura não grava nada, e só
 * pergunta ao Redis quando não se sabe se a tabela daqui tem menos de 1 s.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { Changes } from './changes.ts';
import { CHAVES, canalDoRegistro, RELOGIO, registrar, retirar } from './redis-scripts.ts';
import { RedisTable } from './redis-table.ts';
import {
  chaveDoEndpoint,
  type Endpoint,
  type EndpointVivo,
  MAXIMO_DE_REGISTROS,
  type ProcedimentoRegistrado,
  type Registry,
  registroCheio,
  type TabelaComVersao,
} from './registry.ts';
import { Table } from './table.ts';

const TENTE_EM_MS = 500;
const ACERTO_DO_RELOGIO_MS = 1_000;
/** Um binder que não acerta o relógio por mais que isto esteve parado. */
const INTERRUPCAO_MS = 10_000;

interface Partes {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly tabela: Table;
  readonly copia: RedisTable;
  readonly changes: Changes;
}

export class RedisRegistry implements Registry {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;
  readonly #tabela: Table;
  readonly #copia: RedisTable;
  readonly #changes: Changes;
  readonly #laco: LacoPeriodico;

  private constructor({ redis, relogio, tabela, copia, changes }: Partes) {
    this.#redis = redis;
    this.#relogio = relogio;
    this.#tabela = tabela;
    this.#copia = copia;
    this.#changes = changes;
    // Sem o Redis, o relógio anda sozinho, e a conexão já disse que ele não está.
    this.#laco = new LacoPeriodico({
      intervaloMs: ACERTO_DO_RELOGIO_MS,
      agir: () => relogio.acertar(),
      aoFalhar: () => {},
    });
    this.#laco.iniciar();
  }

  /** @throws RedisIndisponivel */
  static async abrir(redis: RedisConnection, clock: Clock): Promise<RedisRegistry> {
    const { monotonicoMs } = clock;
    const relogio = await RelogioDividido.abrir({ redis, chave: RELOGIO, monotonicoMs, interrupcaoMs: INTERRUPCAO_MS });
    const tabela = new Table();
    const changes = new Changes(() => {
      tabela.varrer(relogio.agoraMs());
      return tabela.vencidos;
    });
    const copia = await RedisTable.abrir({ redis, clock, tabela, aoMudar: () => changes.avisar() });
    return new RedisRegistry({ redis, relogio, tabela, copia, changes });
  }

  get disponivel(): boolean {
    return this.#redis.disponivel;
  }

  async register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void> {
    const { address: endereco, port } = endpoint;
    const argumentos = {
      agora: this.#relogio.agoraMs(),
      canal: canalDoRegistro(this.#redis.banco),
      nome,
      endpoint: chaveDoEndpoint(endpoint),
      endereco,
      porta: String(port),
      comLease: ttl_s !== undefined,
      leaseMs: (ttl_s ?? 0) * 1_000,
      maximo: MAXIMO_DE_REGISTROS,
    };
    const gravacao = await this.#gravar(this.#redis.executar(registrar, CHAVES, argumentos));
    if (!gravacao) throw registroCheio();
    this.#copia.gravou(gravacao);
  }

  async lookup(nome: string): Promise<EndpointVivo> {
    await this.#atualizar();
    return this.#tabela.entregar(nome, this.#relogio.agoraMs());
  }

  async unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    const argumentos = {
      agora: this.#relogio.agoraMs(),
      canal: canalDoRegistro(this.#redis.banco),
      nome,
      endpoint: chaveDoEndpoint(endpoint),
    };
    const gravacao = await this.#gravar(this.#redis.executar(retirar, CHAVES, argumentos));
    if (gravacao) this.#copia.gravou(gravacao);
    return gravacao !== undefined;
  }

  async list(): Promise<ProcedimentoRegistrado[]> {
    await this.#atualizar();
    return this.#tabela.listar(this.#relogio.agoraMs());
  }

  async listComVersao(): Promise<TabelaComVersao> {
    await this.#atualizar();
    const procedures = this.#tabela.listar(this.#relogio.agoraMs());
    return { versao: this.#copia.versao, procedures };
  }

  aoMudar(ouvinte: () => void): () => void {
    return this.#changes.ouvir(ouvinte);
  }

  async close(): Promise<void> {
    await this.#laco.close();
    await this.#changes.close();
    await this.#copia.close();
    await this.#redis.close();
  }

  /** @throws SERVICO_INDISPONIVEL se o Redis não responde */
  async #gravar<T>(pedido: Promise<T>): Promise<T> {
    try {
      return await disponivel(pedido);
    } catch (erro) {
      this.#copia.desconfiar();
      throw erro;
    }
  }

  /** @throws SERVICO_INDISPONIVEL se não se sabe a tabela de agora */
  #atualizar(): Promise<void> | undefined {
    const conferencia = this.#copia.atualizar();
    return conferencia && disponivel(conferencia);
  }
}

/** @throws SERVICO_INDISPONIVEL se o Redis não responde */
async function disponivel<T>(pedido: Promise<T>): Promise<T> {
  try {
    return await pedido;
  } catch (erro) {
    if (!(erro instanceof RedisIndisponivel)) throw erro;
    throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_EM_MS });
  }
}
