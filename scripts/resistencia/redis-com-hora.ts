/** Um Redis cuja hora salta, onde há a libfaketime (no Debian, o pacote `faketime`). */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pastaTemporaria } from '../comum/pasta.ts';
import { iniciarRedisEm, type Redis } from '../comum/redis.ts';

const PASTA = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((arquitetura) => `/usr/lib/${arquitetura}`)
  .find((pasta) => existsSync(`${pasta}/faketime/libfaketime.so.1`));

/** O malloc da libc vem antes do jemalloc, que pergunta a hora enquanto a libfaketime ainda se inicia. */
const BIBLIOTECAS = `${PASTA}/faketime/libfaketime.so.1:${PASTA}/libc.so.6`;

export const HA_HORA_FALSA = PASTA !== undefined;

/** Quanto a hora do Redis difere da verdadeira, um salto depois do outro: cada um adianta ou atrasa uma hora. */
const SALTOS_S = [3_600, 0, -3_600, 0];

export interface RedisComHora extends Redis {
  /** A hora deste passa à seguinte. */
  readonly saltar: () => void;
}

/** @param opcoes como as do redis.conf */
export async function abrirRedisComHora(...opcoes: string[]): Promise<RedisComHora> {
  const pasta = pastaTemporaria();
  const diferenca = join(pasta.caminho, 'diferenca');
  const escrever = (segundos: number) => writeFileSync(diferenca, `${segundos < 0 ? '' : '+'}${segundos}s\n`);
  escrever(0);
  const ambiente = {
    LD_PRELOAD: BIBLIOTECAS,
    FAKETIME_TIMESTAMP_FILE: diferenca,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const redis = await iniciarRedisEm(HA_HORA_FALSA ? ambiente : {}, ...opcoes);
  let saltos = 0;
  return {
    ...redis,
    saltar: () => {
      escrever(SALTOS_S[saltos % SALTOS_S.length] as number);
      saltos += 1;
    },
    [Symbol.asyncDispose]: async () => {
      await redis[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}
