/**
 * O registro no Redis: vários binders o dividem, e a ordem de entrega também. Sobrevive a todos eles.
 * Cada verbo é um script, e o relógio dos leases é um só para todos os binders.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Clock } from '../../process/clock.ts';
import { LacoPeriodico } from '../../process/laco-periodico.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { CHAVES, listar, procurar, RELOGIO, registrar, retirar } from './redis-scripts.ts';
import {
  chaveDoEndpoint,
  type Endpoint,
  type EndpointVivo,
  MAXIMO_DE_REGISTROS,
  type ProcedimentoRegistrado,
  type Registry,
  registroCheio,
} from './registry.ts';

const TENTE_EM_MS = 500;
const ACERTO_DO_RELOGIO_MS = 1_000;
/** Um binder que não acerta o relógio por mais que isto esteve parado. */
const INTERRUPCAO_MS = 10_000;

interface Guardado extends Endpoint {
  readonly nome: string;
  /** Com zeros à esquerda, para que a ordem de texto seja a ordem de entrega. */
  readonly turno: string;
  /** No relógio dos leases; `Infinity` sem lease. */
  readonly validadeMs: number;
}

export class RedisRegistry implements Registry {
  readonly #redis: RedisConnection;
  readonly #relogio: RelogioDividido;
  readonly #laco: LacoPeriodico;

  private constructor(redis: RedisConnection, relogio: RelogioDividido) {
    this.#redis = redis;
    this.#relogio = relogio;
    // Sem o Redis, o relógio anda sozinho, e a conexão já disse que ele não está.
    this.#laco = new LacoPeriodico({
      intervaloMs: ACERTO_DO_RELOGIO_MS,
      agir: () => relogio.acertar(),
      aoFalhar: () => {},
    });
    this.#laco.iniciar();
  }

  /** @throws RedisIndisponivel */
  static async abrir(redis: RedisConnection, { monotonicoMs }: Clock): Promise<RedisRegistry> {
    const dependencias = { redis, chave: RELOGIO, monotonicoMs, interrupcaoMs: INTERRUPCAO_MS };
    return new RedisRegistry(redis, await RelogioDividido.abrir(dependencias));
  }

  get disponivel(): boolean {
    return this.#redis.disponivel;
  }

  async register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void> {
    const { address: endereco, port: porta } = endpoint;
    const argumentos = {
      agora: this.#relogio.agoraMs(),
      nome,
      endpoint: chaveDoEndpoint(endpoint),
      endereco,
      porta,
      comLease: ttl_s !== undefined,
      leaseMs: (ttl_s ?? 0) * 1_000,
      maximo: MAXIMO_DE_REGISTROS,
    };
    if (!(await disponivel(this.#redis.executar(registrar, CHAVES, argumentos)))) throw registroCheio();
  }

  async lookup(nome: string): Promise<EndpointVivo> {
    const argumentos = { agora: this.#relogio.agoraMs(), nome };
    const vivo = await disponivel(this.#redis.executar(procurar, CHAVES, argumentos));
    if (!vivo) throw new ContractError('PROCEDIMENTO_NAO_REGISTRADO');
    const [address, port, ttl_s = null] = vivo;
    return { address, port, ttl_s };
  }

  unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    const argumentos = { agora: this.#relogio.agoraMs(), nome, endpoint: chaveDoEndpoint(endpoint) };
    return disponivel(this.#redis.executar(retirar, CHAVES, argumentos));
  }

  async list(): Promise<ProcedimentoRegistrado[]> {
    const agoraMs = this.#relogio.agoraMs();
    const registros = await disponivel(this.#redis.executar(listar, CHAVES, { agora: agoraMs }));
    const guardados = registros.map(([campo, texto]) => lerGuardado(campo, texto));
    const porNome = new Map<string, EndpointVivo[]>();
    for (const { nome, address, port, validadeMs } of guardados.sort(porNomeETurno)) {
      if (validadeMs <= agoraMs) continue;
      const endpoints = porNome.get(nome) ?? [];
      const ttl_s = validadeMs === Number.POSITIVE_INFINITY ? null : Math.ceil((validadeMs - agoraMs) / 1000);
      endpoints.push({ address, port, ttl_s });
      porNome.set(nome, endpoints);
    }
    return [...porNome].map(([procedure_name, endpoints]) => ({ procedure_name, endpoints }));
  }

  async close(): Promise<void> {
    await this.#laco.close();
    await this.#redis.close();
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

/** Como os scripts o guardam. */
function lerGuardado(campo: string, texto: string): Guardado {
  const [nome = ''] = campo.split(' ');
  const [turno = '', validade = '-', porta = '', address = ''] = texto.split(' ');
  const validadeMs = validade === '-' ? Number.POSITIVE_INFINITY : Number(validade);
  return { nome, address, port: Number(porta), turno, validadeMs };
}

/** Os nomes são ASCII, em que a ordem das unidades UTF-16 é a dos code points. */
function porNomeETurno(um: Guardado, outro: Guardado): number {
  if (um.nome !== outro.nome) return um.nome < outro.nome ? -1 : 1;
  return um.turno < outro.turno ? -1 : 1;
}
