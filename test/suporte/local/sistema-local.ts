/** Um binder e um servidor dentro do teste, que só os clientes veem pela rede: para quando não é o processo que se prova. */

import { pastaEmMemoria } from '../../../scripts/comum/pasta.ts';
import { abrirProxy, type ProxyDeRede } from '../../../scripts/comum/proxy.ts';
import { type Clock, relogioDoSistema } from '../../../src/process/clock.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../relogio.ts';
import { abrirBinder, type BinderLocal, registrarTodos } from './binder.ts';
import { abrirBordaLocal } from './borda.ts';
import { ligarServidor } from './servidor-local.ts';

/** Aqui ninguém renova o lease: tem de bastar ao teste mais lento. */
const LEASE_S = 3_600;

/** Como num servidor, que varre sem parar: quem deixa de varrer por muito tempo recomeça os prazos. */
const PASSO_MS = 2_000;

export interface SistemaLocal extends AsyncDisposable {
  readonly binder: BinderLocal;
  readonly servidor: { readonly url: string; readonly porta: number };
}

export interface SistemaQueCai extends SistemaLocal {
  /** Só por aqui os clientes chegam ao servidor: para eles, `recusar` é a morte dele, e `aceitar`, a volta. */
  readonly caminho: ProxyDeRede;
}

export interface SistemaParado extends SistemaLocal {
  /** O tempo só passa por aqui, e o que ele faz vencer acontece antes que isto se cumpra. */
  readonly passarTempo: (ms: number) => Promise<void>;
  /** De quantas sessões há uma chamada que espera por mensagens. */
  readonly quantasEsperam: () => number;
}

/** O mesmo que `iniciarSistema`, sem limites e sem processos. */
export async function abrirSistemaLocal(): Promise<SistemaLocal> {
  const sistema = await abrir(relogioDoSistema);
  registrarTodos(sistema.binder, sistema.servidor.porta, LEASE_S);
  return sistema;
}

/** O mesmo, com um servidor que, visto pelos clientes, pode cair e voltar. */
export async function abrirSistemaQueCai(): Promise<SistemaQueCai> {
  const sistema = await abrir(relogioDoSistema);
  const caminho = await abrirProxy(sistema.servidor.porta);
  registrarTodos(sistema.binder, caminho.porta, LEASE_S);
  return {
    ...sistema,
    caminho,
    [Symbol.asyncDispose]: async () => {
      await caminho[Symbol.asyncDispose]();
      await sistema[Symbol.asyncDispose]();
    },
  };
}

/** O mesmo, com os prazos de costume e o relógio parado. */
export async function abrirSistemaParado(): Promise<SistemaParado> {
  const relogio: RelogioDeTeste = relogioDeTeste();
  const { esperas, store, ...sistema } = await abrir(relogio);
  registrarTodos(sistema.binder, sistema.servidor.porta, LEASE_S);
  return {
    ...sistema,
    passarTempo: async (ms) => {
      for (let faltamMs = ms; faltamMs >= 0; faltamMs -= PASSO_MS) {
        relogio.avancar(Math.min(PASSO_MS, faltamMs));
        esperas.vencer();
        await store.varrer();
      }
    },
    quantasEsperam: () => esperas.abertas.size,
  };
}

async function abrir(clock: Clock) {
  const pasta = pastaEmMemoria();
  const falhas: unknown[] = [];
  const aoFalhar = (erro: unknown) => void falhas.push(erro);
  const { store, esperas, responder } = ligarServidor({
    dados: pasta.caminho,
    clock,
    aoFalhar,
  });
  const borda = await abrirBordaLocal({ processo: 'servidor', responder, aoFalhar });
  const binder = await abrirBinder(clock);
  return {
    binder,
    servidor: borda,
    esperas,
    store,
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
