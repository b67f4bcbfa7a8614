/** O cliente construído num pseudoterminal de verdade, e a tela dele como uma pessoa a veria. */

import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import headless, { type IBufferLine } from '@xterm/headless';
import { ate } from '../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';

const CLIENTE = join(import.meta.dirname, '..', '..', 'dist', 'cliente', 'main.js');

export const TECLA = {
  enter: '\r',
  esc: '\u001b',
  cima: '\u001b[A',
  baixo: '\u001b[B',
  direita: '\u001b[C',
  esquerda: '\u001b[D',
  apagar: '\u007f',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
} as const;

/** Como começam as linhas do cliente que não continuam a anterior. */
const COMECO_DE_LINHA = /^(?:> | {2}\d\)|(?:[+!*] )?\[\d\d:|Digite )/;

/** Sem o espaço em vídeo inverso com que se pinta um cursor no fim da fileira. */
function semCursor(linha: IBufferLine): string {
  const texto = linha.translateToString(true);
  const onde = texto.length - 1;
  return texto.endsWith(' ') && linha.getCell(onde)?.isInverse() ? texto.slice(0, onde) : texto;
}

interface TerminalOptions {
  readonly argumentos?: readonly string[];
  readonly ambiente?: Readonly<Record<string, string>>;
  readonly colunas?: number;
  readonly fileiras?: number;
}

export interface TerminalDeTeste extends Disposable {
  readonly pid: number;
  /** As fileiras que se veem, sem os espaços do fim. */
  readonly fileiras: () => string[];
  /** Tudo o que se escreveu, rolado ou não: cada linha inteira, mesmo que ocupe várias fileiras. */
  readonly linhas: () => string[];
  /** A tela numa linha só: o que a largura partiu volta a ser contínuo. */
  readonly corrido: () => string;
  /** O que chegou ao terminal, byte a byte. */
  readonly bytes: () => string;
  readonly cursor: () => { readonly x: number; readonly y: number };
  readonly digitar: (...teclas: readonly string[]) => void;
  readonly redimensionar: (colunas: number, fileiras: number) => void;
  /** Espera que o texto se veja na tela. */
  readonly ver: (texto: string | RegExp) => Promise<void>;
  /** Espera que a tela mostre estas opções, a ativa com `>`. */
  readonly verMenu: (ativa: string) => Promise<void>;
  readonly matar: (sinal: string) => void;
  /** @returns o status de saída */
  readonly fim: Promise<number>;
}

/** Abre um cliente: `using pedro = abrirCliente({ argumentos: ['--binder', url] })`. */
export function abrirCliente({
  argumentos = [],
  ambiente = {},
  colunas = 80,
  fileiras = 24,
}: TerminalOptions): TerminalDeTeste {
  const herdado = Object.entries(process.env).filter(
    (par): par is [string, string] => par[1] !== undefined && !/^(CHAT_|NO_COLOR$|FORCE_COLOR$|CI$)/.test(par[0]),
  );
  // Cada cliente tem o seu estado: um não volta como o que outro teste matou.
  const estado = pastaTemporaria();
  const pty = spawn(process.execPath, [CLIENTE, ...argumentos], {
    name: ambiente['TERM'] ?? 'xterm-256color',
    cols: colunas,
    rows: fileiras,
    env: { ...Object.fromEntries(herdado), TZ: 'America/Sao_Paulo', XDG_STATE_HOME: estado.caminho, ...ambiente },
  });
  return emTerminal(pty, colunas, fileiras, () => estado[Symbol.dispose]());
}

function emTerminal(pty: IPty, colunas: number, fileiras: number, aoDesfazer: () => void): TerminalDeTeste {
  const xterm = new headless.Terminal({ cols: colunas, rows: fileiras, scrollback: 5_000, allowProposedApi: true });
  let bytes = '';
  let terminou = false;
  pty.onData((pedaco) => {
    bytes += pedaco;
    xterm.write(pedaco);
  });
  const fim = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      terminou = true;
      // O emulador lê aos poucos: só terminou quando ele leu tudo.
      xterm.write('', () => resolve(exitCode));
    });
  });

  const ler = (primeira: number, ultima: number) =>
    Array.from({ length: ultima - primeira }, (_, i) => xterm.buffer.active.getLine(primeira + i));
  const fileirasVistas = () => {
    const { baseY } = xterm.buffer.active;
    return ler(baseY, baseY + xterm.rows).map((linha) => (linha ? semCursor(linha) : ''));
  };
  const corrido = () => {
    const { baseY } = xterm.buffer.active;
    const todas = fileirasVistas();
    return todas
      .map((fileira, i) => {
        const seguinte = todas[i + 1] ?? '';
        const continua =
          xterm.buffer.active.getLine(baseY + i + 1)?.isWrapped ||
          // O quadro é partido por nós: uma fileira cheia continua na seguinte, a menos que ali comece outra coisa.
          (fileira.length === xterm.cols && !COMECO_DE_LINHA.test(seguinte));
        return continua ? fileira : `${fileira}\n`;
      })
      .join('');
  };

  const terminal: TerminalDeTeste = {
    pid: pty.pid,
    fileiras: fileirasVistas,
    linhas: () => {
      const juntas: string[] = [];
      for (const linha of ler(0, xterm.buffer.active.length)) {
        const texto = linha?.translateToString(true) ?? '';
        if (linha?.isWrapped) juntas[juntas.length - 1] += texto;
        else juntas.push(texto);
      }
      return juntas;
    },
    corrido,
    bytes: () => bytes,
    cursor: () => ({ x: xterm.buffer.active.cursorX, y: xterm.buffer.active.cursorY }),
    digitar: (...teclas) => pty.write(teclas.join('')),
    redimensionar: (novasColunas, novasFileiras) => {
      xterm.resize(novasColunas, novasFileiras);
      pty.resize(novasColunas, novasFileiras);
    },
    ver: async (texto) => {
      const aparece = () => (typeof texto === 'string' ? corrido().includes(texto) : texto.test(corrido()));
      await ate(aparece, `ver ${texto}`).catch((erro: Error) => {
        throw new Error(`${erro.message}; a tela era:\n${fileirasVistas().join('\n')}`);
      });
    },
    verMenu: (ativa) => terminal.ver(`\n> ${ativa}\n`),
    matar: (sinal) => pty.kill(sinal),
    fim,
    [Symbol.dispose]: () => {
      if (!terminou) pty.kill('SIGKILL');
      xterm.dispose();
      aoDesfazer();
    },
  };
  return terminal;
}
