/** O Redis da resistência: dois, um réplica do outro, atrás de um endereço que vai de um para o outro; e o que falha nele. */

import { ate } from '../comum/condicao.ts';
import { Pilha } from '../comum/pilha.ts';
import { abrirProxy } from '../comum/proxy.ts';
import type { Redis } from '../comum/redis.ts';
import type { FalhasPossiveis } from './falhas.ts';
import { abrirRedisComHora, HA_HORA_FALSA } from './redis-com-hora.ts';

export interface RedisDaResistencia extends AsyncDisposable {
  /** Como os servidores o recebem em `--redis`. */
  readonly url: string;
  /** O que falha nele. */
  readonly falhas: FalhasPossiveis;
}

export async function abrirRedisQueTroca(): Promise<RedisDaResistencia> {
  const pilha = new Pilha();
  let principal = pilha.use(await abrirRedisComHora('--appendonly', 'yes'));
  const replicaDe = ['--replicaof', '127.0.0.1', String(principal.porta)];
  let replica = pilha.use(await abrirRedisComHora('--appendonly', 'yes', ...replicaDe));
  const proxy = pilha.use(await abrirProxy(principal.porta));

  /** Como se faz numa manutenção: nada do que se confirmou se perde, e as conexões abertas ficam com o que virou réplica. */
  async function trocar(): Promise<void> {
    // Que ela tenha tudo, o próprio FAILOVER espera: com quem escreve sem parar, o que ela disse ter está sempre atrás.
    await ate(() => temReplica(principal), 'a réplica ligada');
    await principal.comando('FAILOVER', 'TO', '127.0.0.1', String(replica.porta));
    await ate(async () => (await replica.comando('ROLE')).includes('master'), 'a réplica ser a principal');
    [principal, replica] = [replica, principal];
    proxy.destino = principal.porta;
  }

  return {
    url: `redis://127.0.0.1:${proxy.porta}`,
    falhas: {
      'conexões com o Redis cortadas': () => principal.cortar(),
      'assinaturas do Redis cortadas': () => principal.comando('CLIENT', 'KILL', 'TYPE', 'pubsub'),
      'Redis trocado pela réplica': trocar,
      ...(HA_HORA_FALSA && { 'hora do Redis uma hora para lá ou para cá': () => principal.saltar() }),
    },
    [Symbol.asyncDispose]: () => pilha.close(),
  };
}

/** Com uma réplica ligada, que recebe o que se escreve. */
async function temReplica(redis: Redis): Promise<boolean> {
  return (await redis.comando('INFO', 'replication')).includes('state=online');
}
