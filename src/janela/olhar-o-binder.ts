/** Quem está na tabela do binder, conte ou não o que faz: sem isto, uma chamada a ele não teria aonde chegar. */

import { BINDER_CONTRACT } from '../contract/binder.ts';
import { hostComPorta } from '../process/enderecos.ts';
import { LacoPeriodico } from '../process/laco-periodico.ts';
import type { Closable } from '../process/lifecycle.ts';
import { Alternativas } from '../rpc/client/alternativas.ts';
import { UnreachableError } from '../rpc/client/falhas.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import type { Janela } from './janela.ts';

const INTERVALO_MS = 2_000;

/** @param binders as URLs de um ou mais binders */
export function olharOBinder(binders: readonly string[], janela: Janela, aoFalhar: (erro: unknown) => void): Closable {
  const conexoes = criarConexoes();
  const alternativas = new Alternativas(BINDER_CONTRACT, binders, conexoes);
  const laco = new LacoPeriodico({
    intervaloMs: INTERVALO_MS,
    agir: () =>
      alternativas.chamar(async (binder, url) => {
        const tabela = await binder.list_procedures({});
        janela.avistar('binder', new URL(url).host);
        const enderecos = tabela.flatMap(({ endpoints }) =>
          endpoints.map(({ address, port }) => hostComPorta(address, port)),
        );
        for (const endereco of new Set(enderecos)) janela.avistar('servidor', endereco);
      }),
    // Um binder que não responde é o que a janela mostra: a faixa dele fica cinza.
    aoFalhar: (erro) => {
      if (!(erro instanceof UnreachableError)) aoFalhar(erro);
    },
  });
  laco.iniciar();
  return {
    close: async () => {
      await laco.close();
      conexoes.destroy();
    },
  };
}
