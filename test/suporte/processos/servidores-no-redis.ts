/** Vários servidores de verdade sobre um Redis só, que morrem e voltam um de cada vez. */

import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarServidor, type Processo, SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { iniciarRedis } from '../../../scripts/comum/redis.ts';
import { SEM_BINDER } from './processos.ts';

export interface ServidoresNoRedis extends AsyncDisposable {
  /** Onde cada um atende agora. */
  readonly urls: () => readonly string[];
  /** Encerra um deles e o inicia de novo. */
  readonly reiniciar: (qual: number, sinal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
}

export async function abrirServidoresNoRedis(quantos: number): Promise<ServidoresNoRedis> {
  const redis = await iniciarRedis();
  const pastas = Array.from({ length: quantos }, () => pastaTemporaria());
  const iniciar = ({ caminho }: { readonly caminho: string }) =>
    iniciarServidor(caminho, SEM_BINDER, { argumentos: ['--redis', redis.url, ...SEM_LIMITES] });
  const servidores: Processo[] = await Promise.all(pastas.map(iniciar));
  return {
    urls: () => servidores.map(({ url }) => url),
    reiniciar: async (qual, sinal) => {
      await servidores[qual]?.encerrar(sinal);
      servidores[qual] = await iniciar(pastas[qual] as (typeof pastas)[number]);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servidores.map((servidor) => servidor[Symbol.asyncDispose]()));
      await redis[Symbol.asyncDispose]();
      for (const pasta of pastas) pasta[Symbol.dispose]();
    },
  };
}
