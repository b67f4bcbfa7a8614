/** O Redis da resistência: dois, um réplica do outro, atrás de um endereço que vai de um para o outro; e o que falha nele. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ate } from '../comum/condicao.ts';
import { pastaTemporaria } from '../comum/pasta.ts';
import { Pilha } from '../comum/pilha.ts';
import { abrirProxy } from '../comum/proxy.ts';
import { iniciarRedisCom, type Redis } from '../comum/redis.ts';
import type { FalhasPossiveis } from './falhas.ts';

/** Quanto o relógio salta, em segundos. */
const SALTO_S = 3_600;
const BIBLIOTECAS = '/usr/lib';

export interface RedisQueTroca extends AsyncDisposable {
  readonly url: string;
  readonly falhas: FalhasPossiveis;
}

export async function abrirRedisQueTroca(): Promise<RedisQueTroca> {
  const pilha = new Pilha();
  const relogio = abrirRelogio(pilha);
  if (!relogio) process.stderr.write('sem saltos do relógio: não há libfaketime nesta máquina (pacote libfaketime)\n');
  const ambiente = relogio?.ambiente ?? {};
  let principal = pilha.use(await iniciarRedisCom(ambiente, '--appendonly', 'yes'));
  const replicaDe = ['--replicaof', '127.0.0.1', String(principal.porta)];
  let replica = pilha.use(await iniciarRedisCom(ambiente, '--appendonly', 'yes', ...replicaDe));
  const proxy = pilha.use(await abrirProxy(principal.porta));

  /** Como se faz numa manutenção: nada do que se confirmou se perde, e as conexões abertas ficam com o que virou réplica. */
  async function trocar(): Promise<void> {
    await ate(() => emDia(principal), 'a réplica em dia');
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
      ...(relogio
        ? {
            'relógio do Redis uma hora adiante': () => relogio.acertar(SALTO_S),
            'relógio do Redis uma hora atrás': () => relogio.acertar(0),
          }
        : {}),
    },
    [Symbol.asyncDispose]: () => pilha.close(),
  };
}

/** Com uma réplica ligada que já tem tudo. */
async function emDia(redis: Redis): Promise<boolean> {
  const info = await redis.comando('INFO', 'replication');
  const offset = /master_repl_offset:(\d+)/.exec(info)?.[1];
  return info.includes(`state=online,offset=${offset}`);
}

interface Relogio {
  readonly ambiente: Readonly<Record<string, string>>;
  /** @param adianteS quantos segundos ele fica à frente do da máquina */
  readonly acertar: (adianteS: number) => void;
}

/** O relógio de parede dos processos que recebem este ambiente; o monotônico continua o da máquina. */
function abrirRelogio(pilha: Pilha): Relogio | undefined {
  const biblioteca = existsSync(BIBLIOTECAS)
    ? readdirSync(BIBLIOTECAS)
        .map((arquitetura) => join(BIBLIOTECAS, arquitetura, 'faketime', 'libfaketimeMT.so.1'))
        .find((arquivo) => existsSync(arquivo))
    : undefined;
  if (!biblioteca) return undefined;
  const arquivo = join(pilha.use(pastaTemporaria()).caminho, 'relogio');
  const acertar = (adianteS: number) => writeFileSync(arquivo, `+${adianteS}\n`);
  acertar(0);
  return {
    ambiente: {
      LD_PRELOAD: biblioteca,
      FAKETIME_TIMESTAMP_FILE: arquivo,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    acertar,
  };
}
