/**
 * A tela e o teclado de quem abriu o processo, e o que os faz passar a outro programa e voltar.
 * Esta pasta não sabe que há um chat: mostra o que lhe dão e entrega as teclas.
 */

import type { ReadStream, WriteStream } from 'node:tty';
import { agendarNoSistema } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { Suspensao } from './suspensao.ts';
import { Teclado } from './teclado/teclado.ts';
import { codificacaoDoTerminal } from './tela/codificacao.ts';
import { Tela, type TelaDeTerminal } from './tela/tela.ts';
import { TelaSimples } from './tela/tela-simples.ts';

export interface Terminal {
  readonly tela: TelaDeTerminal;
  readonly teclado: Teclado;
}

interface TerminalOptions {
  readonly entrada: ReadStream;
  readonly saida: WriteStream;
  readonly ambiente: NodeJS.ProcessEnv;
  /** Ctrl+C, Ctrl+D sem nada digitado, ou o terminal que se fechou. */
  readonly aoEncerrar: () => void;
}

export function abrirTerminal({ entrada, saida, ambiente, aoEncerrar }: TerminalOptions): Terminal & Closable {
  const codificacao = codificacaoDoTerminal(ambiente);
  saida.on('error', aoEncerrar);
  const tela = ambiente['TERM'] === 'dumb' ? new TelaSimples(saida, codificacao) : new Tela(saida, codificacao);
  const teclado = new Teclado({
    entrada,
    codificacao,
    agendar: agendarNoSistema,
    aoEncerrar,
    aoSuspender: () => suspensao.suspender(),
  });
  const suspensao = new Suspensao({
    processo: process,
    agendar: agendarNoSistema,
    aoSuspender: () => {
      tela.suspender();
      teclado.suspender();
    },
    aoRetomar: () => {
      teclado.retomar();
      tela.retomar();
    },
  });
  const close = () => {
    suspensao.close();
    teclado.close();
    tela.close();
  };
  // SIGQUIT é para quem não pode esperar por uma despedida, mas o terminal não é dele.
  process.once('SIGQUIT', () => {
    close();
    process.kill(process.pid, 'SIGQUIT');
  });
  return { tela, teclado, close };
}
