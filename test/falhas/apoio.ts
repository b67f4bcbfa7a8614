/** O que os testes de falhas têm em comum: servidores que voltam na mesma porta, e conversas conferidas. */

import { chamar, http } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo, SEM_LIMITES } from '../../scripts/comum/processos.ts';
import { iniciarServidor, SEM_BINDER } from '../suporte/processos/processos.ts';

interface Partida {
  readonly argumentos?: readonly string[];
  readonly ambiente?: Readonly<Record<string, string>>;
  readonly envoltorio?: readonly string[];
}

/** Um servidor que se pode matar e reiniciar sobre os mesmos dados e na mesma porta. */
export interface ServidorQueVolta extends AsyncDisposable {
  readonly url: string;
  readonly porta: number;
  readonly pasta: PastaTemporaria;
  readonly processo: () => Processo;
  /** Mata sem aviso. */
  readonly matar: () => Promise<void>;
  /** Inicia de novo, e espera que possa servir. */
  readonly reiniciar: (partida?: Partida) => Promise<Processo>;
  /** Mata e reinicia. */
  readonly derrubar: () => Promise<Processo>;
}

/** @param binder uma porta em que não há ninguém serve: o servidor atende do mesmo modo */
export async function servidorQueVolta(
  binder = SEM_BINDER,
  { argumentos = [], ...partida }: Partida = {},
): Promise<ServidorQueVolta> {
  const pasta = pastaTemporaria();
  const iniciar = (porta: number, outra: Partida = {}) =>
    iniciarServidor(pasta.caminho, binder, {
      ...partida,
      ...outra,
      argumentos: [...SEM_LIMITES, ...argumentos, '--porta', String(porta), ...(outra.argumentos ?? [])],
    });
  let processo = await iniciar(0);
  const { url, porta } = processo;
  const matar = async () => {
    await processo.encerrar('SIGKILL');
  };
  const reiniciar = async (outra?: Partida) => {
    processo = await iniciar(porta, outra);
    return processo;
  };
  return {
    url,
    porta,
    pasta,
    processo: () => processo,
    matar,
    reiniciar,
    derrubar: async () => {
      await matar();
      return reiniciar();
    },
    [Symbol.asyncDispose]: async () => {
      await matar();
      pasta[Symbol.dispose]();
    },
  };
}

export interface BinderQueVolta extends AsyncDisposable {
  readonly url: string;
  readonly porta: number;
  readonly processo: () => Processo;
  readonly matar: () => Promise<void>;
  readonly reiniciar: () => Promise<Processo>;
}

export async function binderQueVolta(): Promise<BinderQueVolta> {
  let processo = await iniciarBinder();
  const { url, porta } = processo;
  const matar = async () => {
    await processo.encerrar('SIGKILL');
  };
  return {
    url,
    porta,
    processo: () => processo,
    matar,
    reiniciar: async () => {
      processo = await iniciarBinder({ argumentos: ['--porta', String(porta)] });
      return processo;
    },
    [Symbol.asyncDispose]: matar,
  };
}

/** @returns o status HTTP de `GET /saude` */
export async function saude(url: string): Promise<number> {
  return (await http(url, { method: 'GET', caminho: '/saude' })).status;
}

/** Se uma chamada que grava é atendida. */
export async function grava(url: string, nomeUsuario: string): Promise<boolean> {
  return !(await chamar(url, 'registrar_usuario', { nomeUsuario })).error;
}
