/** Um terminal sem processo: a tela sobre um emulador, as teclas por uma entrada de mentira, o tempo nas mãos do teste. */

import { EventEmitter } from 'node:events';
import headless from '@xterm/headless';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { Teclado } from '../../../../src/cliente/terminal/teclado/teclado.ts';
import { codificacaoDoTerminal } from '../../../../src/cliente/terminal/tela/codificacao.ts';
import { Tela } from '../../../../src/cliente/terminal/tela/tela.ts';
import { type AgendaDeTeste, agendaDeTeste } from '../../../suporte/agenda.ts';

/** A entrada do terminal: o que o teste digita chega nela em pedaços, como ele os dá. */
export class EntradaDeTeste extends EventEmitter {
  readonly isTTY = true;
  readonly modos: boolean[] = [];
  pausada = false;

  setRawMode(cru: boolean): void {
    this.modos.push(cru);
  }

  pause(): this {
    this.pausada = true;
    return this;
  }

  resume(): this {
    this.pausada = false;
    return this;
  }

  digitar(...pedacos: readonly (string | Buffer)[]): void {
    for (const pedaco of pedacos) this.emit('data', Buffer.from(pedaco));
  }
}

export interface TerminalEmulado extends Disposable {
  readonly tela: Tela;
  readonly teclado: Teclado;
  readonly entrada: EntradaDeTeste;
  readonly agenda: AgendaDeTeste;
  /** Dado no fim do teste: uma pergunta que ficasse aberta falharia quando o processo saísse. */
  readonly signal: AbortSignal;
  /** O que se pediu: Ctrl+C, Ctrl+Z. */
  readonly pedidos: string[];
  /** As fileiras escritas, sem os espaços do fim. */
  readonly fileiras: () => Promise<string[]>;
  /** Espera que as últimas fileiras sejam estas. */
  readonly ver: (...ultimas: readonly string[]) => Promise<void>;
  readonly cursor: () => Promise<readonly [x: number, y: number]>;
  readonly redimensionar: (colunas: number, altura: number) => void;
  /** Tudo o que se escreveu no terminal até aqui. */
  readonly bytes: () => string;
  /** O emulador, depois de ler o que se escreveu. */
  readonly lido: () => Promise<headless.Terminal>;
}

export function emularTerminal({ colunas = 60, altura = 20 } = {}): TerminalEmulado {
  const xterm = new headless.Terminal({ cols: colunas, rows: altura, scrollback: 10_000, allowProposedApi: true });
  const escritas: (string | Buffer)[] = [];
  const aoRedimensionar = new Set<() => void>();
  const fim = new AbortController();
  const agenda = agendaDeTeste();
  const entrada = new EntradaDeTeste();
  const pedidos: string[] = [];
  const codificacao = codificacaoDoTerminal({});
  const tela = new Tela(
    {
      write: (texto) => {
        escritas.push(texto);
        xterm.write(texto);
      },
      get columns() {
        return xterm.cols;
      },
      get rows() {
        return xterm.rows;
      },
      on: (_evento, ouvinte) => aoRedimensionar.add(ouvinte),
      off: (_evento, ouvinte) => aoRedimensionar.delete(ouvinte),
    },
    codificacao,
  );
  const teclado = new Teclado({
    entrada,
    codificacao,
    agendar: agenda.agendar,
    aoEncerrar: () => pedidos.push('encerrar'),
    aoSuspender: () => pedidos.push('suspender'),
  });
  /** O emulador lê aos poucos. */
  const lido = async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => xterm.write('', resolve));
    return xterm;
  };
  const fileiras = async () => {
    const buffer = (await lido()).buffer.active;
    const todas = Array.from({ length: buffer.length }, (_, y) =>
      (buffer.getLine(y)?.translateToString(true) ?? '').trimEnd(),
    );
    return todas.slice(0, todas.findLastIndex((fileira) => fileira !== '') + 1);
  };
  return {
    tela,
    teclado,
    entrada,
    agenda,
    pedidos,
    signal: fim.signal,
    fileiras,
    ver: async (...ultimas) => {
      let vistas: readonly string[] = [];
      const aparecem = async () => {
        vistas = (await fileiras()).slice(-ultimas.length);
        return vistas.join('\n') === ultimas.join('\n');
      };
      await ate(aparecem, 'ver', 10_000).catch(() => {
        throw new Error(`esperava ver:\n${ultimas.join('\n')}\nmas via:\n${vistas.join('\n')}`);
      });
    },
    cursor: async () => {
      const buffer = (await lido()).buffer.active;
      return [buffer.cursorX, buffer.baseY + buffer.cursorY];
    },
    redimensionar: (novas, nova) => {
      xterm.resize(novas, nova);
      for (const ouvinte of aoRedimensionar) ouvinte();
    },
    bytes: () => escritas.join(''),
    lido,
    [Symbol.dispose]: () => {
      fim.abort();
      teclado.close();
      tela.close();
      xterm.dispose();
    },
  };
}
