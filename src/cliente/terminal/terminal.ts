/**
 * A tela e o teclado de quem abriu o processo, e o que os faz passar a outro programa e voltar.
 * Esta pasta não sabe que há um chat: mostra o que lhe dão e entrega as teclas.
 */

import type { ReadStream, WriteStream } from 'node:tty';
import { type Agendar, agendarNoSistema } from '../../process/clock.ts';
import type { Closable } from '../../process/lifecycle.ts';
import { Suspensao } from './suspensao.ts';
import { Teclado } from './teclado/teclado.ts';
import { codificacaoDoTerminal } from './tela/codificacao.ts';
import { escolheCores, usarFundo } from './tela/cores.ts';
import { fundoDaResposta, fundoDoAmbiente } from './tela/fundo.ts';
import { usarLinks } from './tela/links.ts';
import { recursosDoTerminal } from './tela/recursos.ts';
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

/** Ninguém espera pela resposta; a que demora mais que isto mudaria as cores no meio da conversa. */
const ESPERA_DO_FUNDO_MS = 1_000;

/** As cores mudam quando a resposta chega, se chega a tempo. */
export function perguntarFundo({ tela, teclado }: Terminal, agendar: Agendar): void {
  const desistir = agendar(ESPERA_DO_FUNDO_MS, () => {
    teclado.aoResponder = undefined;
  });
  teclado.aoResponder = (resposta) => {
    const fundo = fundoDaResposta(resposta);
    if (!fundo) return;
    usarFundo(fundo);
    teclado.aoResponder = undefined;
    desistir();
  };
  tela.perguntarFundo();
}

export function abrirTerminal({ entrada, saida, ambiente, aoEncerrar }: TerminalOptions): Terminal & Closable {
  const codificacao = codificacaoDoTerminal(ambiente);
  saida.on('error', aoEncerrar);
  const recursos = recursosDoTerminal(ambiente);
  usarLinks(recursos.links);
  usarFundo(fundoDoAmbiente(ambiente));
  const tela =
    ambiente['TERM'] === 'dumb' ? new TelaSimples(saida, codificacao) : new Tela(saida, codificacao, recursos.avisa);
  const teclado = new Teclado({
    entrada,
    codificacao,
    agendar: agendarNoSistema,
    aoEncerrar,
    aoSuspender: () => suspensao.suspender(),
  });
  if (recursos.dizFundo && escolheCores()) perguntarFundo({ tela, teclado }, agendarNoSistema);
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
    process.off('SIGQUIT', aoSair);
    suspensao.close();
    teclado.close();
    tela.close();
  };
  // SIGQUIT é para quem não pode esperar por uma despedida, mas o terminal não é dele.
  const aoSair = () => {
    close();
    process.kill(process.pid, 'SIGQUIT');
  };
  process.once('SIGQUIT', aoSair);
  return { tela, teclado, close };
}
