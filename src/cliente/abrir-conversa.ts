/** A conversa de uma pessoa, ligada ao servidor de um lado e ao terminal do outro. */

import { agendarNoSistema, relogioDoSistema } from '../process/clock.ts';
import type { Closable } from '../process/lifecycle.ts';
import type { OptionValues } from '../process/opcoes/options.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import type { ObservadorDeSaida } from '../rpc/observador.ts';
import { Conexao } from './chamadas/conexao.ts';
import { RastroDaConversa } from './chamadas/rastro/rastro-da-conversa.ts';
import { abrirRoteiro } from './interativo/roteiro/abrir-roteiro.ts';
import { type OPCOES, ritmoDaConversa } from './options.ts';
import { Lembranca } from './sessao/guardado/lembranca.ts';
import { Lidas } from './sessao/guardado/lidas.ts';
import type { SessoesGuardadas } from './sessao/guardado/sessoes-guardadas.ts';
import type { Terminal } from './terminal/terminal.ts';

interface ConversaOptions {
  readonly opcoes: OptionValues<typeof OPCOES>;
  /** A autoridade em que se confia além das do sistema, em PEM. */
  readonly ca: Buffer | undefined;
  /** A quem contar as chamadas que saem, se há quem. */
  readonly observador: ObservadorDeSaida | undefined;
  readonly terminal: Terminal;
  readonly sessoes: SessoesGuardadas;
  /** Onde fica o que se lembra de uma vez para a outra; `undefined` quando não há onde. */
  readonly pasta: string | undefined;
  /** Diz, uma vez, que o programa está acabando. */
  readonly despedir: () => void;
  /** A pessoa escolheu sair. */
  readonly aoEncerrar: () => void;
}

export interface ConversaAberta extends Closable {
  /** Conduz a pessoa até que ela encerre. */
  readonly conduzir: () => Promise<void>;
}

export function abrirConversa({
  opcoes,
  ca,
  observador,
  terminal,
  sessoes,
  pasta,
  despedir,
  aoEncerrar,
}: ConversaOptions): ConversaAberta {
  const clock = relogioDoSistema;
  const rastro: RastroDaConversa = new RastroDaConversa({
    clock,
    formato: opcoes.rastro,
    mostrar: (linha) => roteiro.avisar(linha),
  });
  const { roteiro, conversa } = abrirRoteiro({
    servico: new Conexao({
      binders: opcoes.binder,
      clock,
      conexoes: criarConexoes(ca, observador),
      observador: rastro.observador,
    }),
    clock,
    ritmo: ritmoDaConversa(opcoes),
    // O que se quis enviar espera pela volta do servidor, com a linha livre.
    prazoDoEnvioMs: Number.POSITIVE_INFINITY,
    terminal,
    sessoes,
    rastro,
    lembranca: new Lembranca(pasta),
    lidas: new Lidas({ binder: opcoes.binder.join(','), agendar: agendarNoSistema, pasta }),
    aoEncerrar,
  });
  return {
    conduzir: () => roteiro.conduzir(opcoes),
    close: async () => {
      roteiro.parar();
      despedir();
      await conversa.encerrar();
    },
  };
}
