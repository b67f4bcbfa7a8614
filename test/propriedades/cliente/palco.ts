/** O cliente inteiro num terminal emulado, com uma sala de mentira: só a rede e o tempo são do teste. */

import { RastroDaConversa } from '../../../src/cliente/chamadas/rastro/rastro-da-conversa.ts';
import { abrirRoteiro } from '../../../src/cliente/interativo/roteiro/abrir-roteiro.ts';
import { Lembranca } from '../../../src/cliente/sessao/guardado/lembranca.ts';
import { Lidas } from '../../../src/cliente/sessao/guardado/lidas.ts';
import { SessoesGuardadas } from '../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import type { Quadro } from '../../../src/cliente/terminal/tela/quadro.ts';
import { assentar } from '../../suporte/local/servico-de-mentira.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import { emularTerminal, type TerminalEmulado } from '../../unidade/cliente/terminal/apoio.ts';
import { EU, SALA, SalaDeMentira } from './sala-de-mentira.ts';

export interface Palco extends AsyncDisposable {
  readonly terminal: TerminalEmulado;
  readonly sala: SalaDeMentira;
  /** O que a pergunta aberta mostra; `undefined` se não há uma. */
  readonly quadro: () => Quadro | undefined;
  /** As linhas que a seta para cima dá, ou já deu. */
  readonly historico: ReadonlySet<string>;
  /** Passa tempo, e deixa acontecer o que ele traz. */
  readonly passar: (ms: number) => Promise<void>;
}

/** Os títulos e as teclas de um passo levam algumas voltas do event loop a chegar ao fim. */
const VOLTAS = 4;

async function deixarAcontecer(): Promise<void> {
  for (let volta = 0; volta < VOLTAS; volta += 1) await assentar();
}

export async function abrirPalco(): Promise<Palco> {
  const terminal = emularTerminal({ colunas: 80, altura: 24 });
  const sala = new SalaDeMentira();
  const clock = relogioDeTeste();
  const historico = new Set<string>();
  const lembranca: Pick<Lembranca, 'ler' | 'guardar'> = {
    ler: () => new Lembranca(undefined).ler(),
    guardar: ({ enviadas = [] }) => {
      for (const enviada of enviadas) historico.add(enviada);
    },
  };
  let quadro: Quadro | undefined;
  const { tela } = terminal;
  const [desenhar, retirar] = [tela.desenhar.bind(tela), tela.retirar.bind(tela)];
  tela.desenhar = (novo) => {
    quadro = novo;
    desenhar(novo);
  };
  tela.retirar = () => {
    quadro = undefined;
    retirar();
  };
  const { roteiro, conversa } = abrirRoteiro({
    servico: sala.servico,
    clock,
    ritmo: { intervaloMs: 1_000, esperaMs: 50_000 },
    prazoDoEnvioMs: Number.POSITIVE_INFINITY,
    terminal,
    agendar: terminal.agenda.agendar,
    sessoes: new SessoesGuardadas('', undefined),
    rastro: new RastroDaConversa({ clock, formato: undefined, mostrar: () => {} }),
    lembranca,
    lidas: new Lidas({ binder: '', agendar: terminal.agenda.agendar, pasta: undefined }),
    aoEncerrar: () => {},
  });
  const conduzido = roteiro.conduzir({ nome: EU, sala: SALA, criar: false });
  await deixarAcontecer();
  return {
    terminal,
    sala,
    quadro: () => quadro,
    historico,
    passar: async (ms) => {
      clock.avancar(ms);
      terminal.agenda.passar(ms);
      await deixarAcontecer();
    },
    [Symbol.asyncDispose]: async () => {
      sala.mudar('atende');
      roteiro.parar();
      await conduzido;
      await conversa.encerrar();
      terminal[Symbol.dispose]();
    },
  };
}
