/** Os processos de verdade, com o estado que o projeto do vitest pede e dados que somem no fim do teste. */

import { type PastaTemporaria, pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import {
  iniciarBinder,
  iniciarServidor as iniciarServidorEmbutido,
  type Partida,
  type Processo,
} from '../../../scripts/comum/processos.ts';
import { argumentosDoEstado } from './estado.ts';

/** Ninguém responde aqui: um servidor serve do mesmo modo, e só não se registra. */
export const SEM_BINDER = 'http://127.0.0.1:1';

/**
 * @param dados a pasta em que ficam o store e usuarios.json
 */
export async function iniciarServidor(dados: string, binder: string, partida: Partida = {}): Promise<Processo> {
  const estado = await argumentosDoEstado(dados);
  return iniciarServidorEmbutido(dados, binder, {
    ...partida,
    argumentos: [...estado, ...(partida.argumentos ?? [])],
  });
}

export interface Sistema extends AsyncDisposable {
  readonly binder: Processo;
  readonly servidor: Processo;
  readonly pasta: PastaTemporaria;
}

/** Um binder e um servidor, com dados que somem no fim: `await using sistema = await iniciarSistema()`. */
export async function iniciarSistema(partidaDoServidor: Partida = {}): Promise<Sistema> {
  const pasta = pastaTemporaria();
  const binder = await iniciarBinder();
  const servidor = await iniciarServidor(pasta.caminho, binder.url, partidaDoServidor);
  return {
    binder,
    servidor,
    pasta,
    [Symbol.asyncDispose]: async () => {
      await servidor[Symbol.asyncDispose]();
      await binder[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}

export type SoServidor = Omit<Sistema, 'binder'>;

/** Um servidor só, para o que não precisa que alguém o ache. */
export async function iniciarSemBinder(partida: Partida = {}): Promise<SoServidor> {
  const pasta = pastaTemporaria();
  const servidor = await iniciarServidor(pasta.caminho, SEM_BINDER, partida);
  return {
    servidor,
    pasta,
    [Symbol.asyncDispose]: async () => {
      await servidor[Symbol.asyncDispose]();
      pasta[Symbol.dispose]();
    },
  };
}
