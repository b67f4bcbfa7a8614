/**
 * O registro no Redis: vários binders o dividem, e a ordem de entrega também. Sobrevive a todos eles.
 * Cada verbo é um script, e o relógio dos leases é o do Redis, o mesmo para todos.
 */

import { ContractError } from '../../contract/errors.ts';
import type { Argumento, RedisConnection, Resposta } from '../../redis/connection.ts';
import { RedisIndisponivel } from '../../redis/redis-error.ts';
import type { Script } from '../../redis/script.ts';
import { CHAVES, listar, procurar, registrar, retirar } from './redis-scripts.ts';
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

interface Guardado extends Endpoint {
  readonly nome: string;
  /** Com zeros à esquerda, para que a ordem de texto seja a ordem de entrega. */
  readonly turno: string;
  /** No relógio do Redis; `Infinity` sem lease. */
  readonly validadeMs: number;
}

/** Endereço, porta e o que resta do lease; sem lease, o Redis não manda o último. */
type VivoNoFio = readonly [address: string, port: number, ttl_s?: number];

export class RedisRegistry implements Registry {
  readonly #redis: Pick<RedisConnection, 'executar' | 'disponivel' | 'close'>;

  constructor(redis: Pick<RedisConnection, 'executar' | 'disponivel' | 'close'>) {
    this.#redis = redis;
  }

  get disponivel(): boolean {
    return this.#redis.disponivel;
  }

  async register(nome: string, endpoint: Endpoint, ttl_s: number | undefined): Promise<void> {
    const { address, port } = endpoint;
    const argumentos = [nome, chaveDoEndpoint(endpoint), address, port, ttl_s ?? '', MAXIMO_DE_REGISTROS];
    if ((await this.#executar(registrar, argumentos)) === 0) throw registroCheio();
  }

  async lookup(nome: string): Promise<EndpointVivo> {
    const vivo = await this.#executar(procurar, [nome]);
    if (vivo === null) throw new ContractError('PROCEDIMENTO_NAO_REGISTRADO');
    return emEndpointVivo(vivo as VivoNoFio);
  }

  async unregister(nome: string, endpoint: Endpoint): Promise<boolean> {
    return (await this.#executar(retirar, [nome, chaveDoEndpoint(endpoint)])) === 1;
  }

  async list(): Promise<ProcedimentoRegistrado[]> {
    const [agoraMs, pares] = (await this.#executar(listar, [])) as readonly [number, readonly string[]];
    const guardados = pares.flatMap((campo, indice) =>
      indice % 2 === 0 ? [lerGuardado(campo, pares[indice + 1])] : [],
    );
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

  close(): Promise<void> {
    return this.#redis.close();
  }

  /** @throws SERVICO_INDISPONIVEL se o Redis não responde */
  async #executar(script: Script, argumentos: readonly Argumento[]): Promise<Resposta> {
    try {
      return await this.#redis.executar(script, CHAVES, argumentos);
    } catch (erro) {
      if (!(erro instanceof RedisIndisponivel)) throw erro;
      throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: TENTE_EM_MS });
    }
  }
}

function emEndpointVivo([address, port, ttl_s]: VivoNoFio): EndpointVivo {
  return { address, port, ttl_s: ttl_s ?? null };
}

/** Como os scripts o guardam. */
function lerGuardado(campo: string, texto = ''): Guardado {
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
