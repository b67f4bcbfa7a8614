/** Um binder e um servidor dentro do teste, que só os clientes veem pela rede: para quando não é o processo que se prova. */

import { pastaEmMemoria } from '../../scripts/comum/pasta.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { abrirBinder, registrarTodos } from './binder.ts';
import { abrirBordaLocal } from './borda.ts';
import { ligarServidor } from './servidor-local.ts';

/** Aqui ninguém renova o lease: tem de bastar ao teste mais lento. */
const LEASE_S = 3_600;

interface Atendente {
  readonly url: string;
  readonly porta: number;
}

export interface SistemaLocal extends AsyncDisposable {
  readonly binder: Atendente;
  readonly servidor: Atendente;
}

/** O mesmo que `iniciarSistema`, sem limites e sem processos. */
export async function abrirSistemaLocal(): Promise<SistemaLocal> {
  const pasta = pastaEmMemoria();
  const falhas: unknown[] = [];
  const aoFalhar = (erro: unknown) => void falhas.push(erro);
  const { store, esperas, responder } = ligarServidor({
    dados: pasta.caminho,
    clock: relogioDoSistema,
    aoFalhar,
  });
  const borda = await abrirBordaLocal({ processo: 'servidor', responder, aoFalhar });
  const binder = await abrirBinder(relogioDoSistema);
  registrarTodos(binder, borda.porta, LEASE_S);
  return {
    binder,
    servidor: borda,
    [Symbol.asyncDispose]: async () => {
      await binder.derrubar();
      esperas.close();
      await borda.close();
      await store.close();
      pasta[Symbol.dispose]();
      if (falhas.length > 0) throw new AggregateError(falhas, 'o servidor falhou por dentro');
    },
  };
}
