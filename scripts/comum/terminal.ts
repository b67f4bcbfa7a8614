/** Um programa num terminal, de verdade ou emulado, e a tela dele como uma pessoa a veria. */

import { spawn } from '@lydell/node-pty';
import headless, { type IBufferLine } from '@xterm/headless';
import { ambienteLimpo } from './ambiente.ts';
import { ate } from './condicao.ts';

/** Só para que quem espera por um texto que nunca vem acabe. */
const PRAZO_MS = 60_000;
const PRAZO_DO_FIM_MS = 6_000;

/** Como começam as linhas do cliente que não continuam a anterior. */
const COMECO_DE_LINHA = /^(?:> | {2}\d\)|(?:[+!*] )?\[\d\d:|Digite )/;

/** Como começa a continuação de uma linha que não coube na janela. */
const CONTINUACAO = /^ {4,}/;

export interface Janela {
  readonly ambiente?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly colunas?: number;
  readonly fileiras?: number;
}

export interface Terminal extends Disposable {
  readonly pid: number;
  /** O emulador, para quem precisa de cores e posições. */
  readonly xterm: headless.Terminal;
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
  /** Espera que os bytes tragam o texto. @returns ms desde que o programa começou até o instante em que ele chegou */
  readonly chegar: (texto: RegExp) => Promise<number>;
  readonly matar: (sinal: string) => void;
  /** Com SIGTERM; com SIGKILL se ele não acaba no prazo do contrato. */
  readonly encerrarEmOrdem: () => Promise<number>;
  /** @returns o status de saída */
  readonly fim: Promise<number>;
}

/** O programa do outro lado do terminal: em outro processo, num pseudoterminal, ou neste mesmo. */
export interface Canal {
  readonly pid: number;
  readonly onData: (receber: (pedaco: string) => void) => unknown;
  readonly onExit: (receber: (fim: { readonly exitCode: number }) => void) => unknown;
  readonly write: (teclas: string) => void;
  readonly resize: (colunas: number, fileiras: number) => void;
  readonly kill: (sinal: string) => void;
}

/** O programa num pseudoterminal de verdade. */
export function abrirTerminal(
  programa: string,
  argumentos: readonly string[],
  { ambiente = {}, cwd, colunas = 80, fileiras = 24 }: Janela = {},
): Terminal {
  const inicioMs = performance.now();
  const canal = spawn(programa, [...argumentos], {
    name: ambiente['TERM'] ?? 'xterm-256color',
    cols: colunas,
    rows: fileiras,
    ...(cwd === undefined ? {} : { cwd }),
    env: ambienteLimpo(ambiente),
  });
  return emular(canal, { colunas, fileiras }, inicioMs);
}

/** A tela de um programa. @param inicioMs quando ele começou, no relógio de `performance.now()` */
export function emular(
  canal: Canal,
  { colunas, fileiras }: Required<Pick<Janela, 'colunas' | 'fileiras'>>,
  inicioMs: number,
): Terminal {
  const xterm = new headless.Terminal({ cols: colunas, rows: fileiras, scrollback: 5_000, allowProposedApi: true });
  const tela = lerTela(xterm);
  const atentos = new Set<() => void>();
  const avisar = () => {
    for (const atento of [...atentos]) atento();
  };
  let bytes = '';
  let terminou = false;
  canal.onData((pedaco) => {
    bytes += pedaco;
    xterm.write(pedaco);
    avisar();
  });
  const fim = new Promise<number>((resolve) => {
    canal.onExit(({ exitCode }) => {
      terminou = true;
      avisar();
      // O emulador lê aos poucos: só terminou quando ele leu tudo.
      xterm.write('', () => resolve(exitCode));
    });
  });

  return {
    ...tela,
    pid: canal.pid,
    xterm,
    bytes: () => bytes,
    digitar: (...teclas) => canal.write(teclas.join('')),
    redimensionar: (colunas, fileiras) => {
      xterm.resize(colunas, fileiras);
      canal.resize(colunas, fileiras);
    },
    ver: async (texto) => {
      const aparece = () => (typeof texto === 'string' ? tela.corrido().includes(texto) : texto.test(tela.corrido()));
      await ate(aparece, `ver ${texto}`, PRAZO_MS).catch((erro: Error) => {
        throw new Error(`${erro.message}; a tela era:\n${tela.fileiras().join('\n')}`);
      });
    },
    chegar: (texto) =>
      new Promise((resolve, reject) => {
        const acabar = (agir: () => void) => {
          clearTimeout(prazo);
          atentos.delete(conferir);
          agir();
        };
        const desistir = () => acabar(() => reject(new Error(`${texto} não chegou ao terminal: ${bytes}`)));
        const prazo = setTimeout(desistir, PRAZO_MS);
        const conferir = () => {
          if (texto.test(bytes)) acabar(() => resolve(performance.now() - inicioMs));
          else if (terminou) desistir();
        };
        atentos.add(conferir);
        conferir();
      }),
    matar: (sinal) => canal.kill(sinal),
    encerrarEmOrdem: async () => {
      if (terminou) return fim;
      canal.kill('SIGTERM');
      const insistir = setTimeout(() => canal.kill('SIGKILL'), PRAZO_DO_FIM_MS);
      const status = await fim;
      clearTimeout(insistir);
      return status;
    },
    fim,
    [Symbol.dispose]: () => {
      if (!terminou) canal.kill('SIGKILL');
      xterm.dispose();
    },
  };
}

/** O que uma pessoa lê no emulador. */
function lerTela(xterm: headless.Terminal): Pick<Terminal, 'fileiras' | 'linhas' | 'corrido' | 'cursor'> {
  const ler = (primeira: number, ultima: number) =>
    Array.from({ length: ultima - primeira }, (_, i) => xterm.buffer.active.getLine(primeira + i));
  const fileiras = () => {
    const { baseY } = xterm.buffer.active;
    return ler(baseY, baseY + xterm.rows).map((linha) => (linha ? semCursor(linha) : ''));
  };
  const recua = (linha: IBufferLine | undefined) => CONTINUACAO.test(linha?.translateToString(true) ?? '');
  /** Sem o recuo; o espaço entre duas palavras fica no fim da fileira. */
  const emLinha = (linha: IBufferLine | undefined) => (linha?.translateToString(true) ?? '').replace(CONTINUACAO, '');
  return {
    fileiras,
    linhas: () => {
      const juntas: string[] = [];
      const todas = ler(0, xterm.buffer.active.length);
      for (const linha of todas) {
        const texto = emLinha(linha);
        if (linha?.isWrapped || recua(linha)) juntas[juntas.length - 1] += texto;
        else juntas.push(texto);
      }
      return juntas;
    },
    corrido: () => {
      const { baseY } = xterm.buffer.active;
      const todas = fileiras();
      return todas
        .map((fileira, i) => {
          const [linha, seguinte] = ler(baseY + i, baseY + i + 2);
          if (recua(seguinte)) return emLinha(linha);
          const continua =
            seguinte?.isWrapped ||
            // A linha em que se digita não recua: uma fileira cheia continua na seguinte, a menos que ali comece outra coisa.
            (fileira.length === xterm.cols && !COMECO_DE_LINHA.test(todas[i + 1] ?? ''));
          return `${fileira.replace(CONTINUACAO, '')}${continua ? '' : '\n'}`;
        })
        .join('');
    },
    cursor: () => ({ x: xterm.buffer.active.cursorX, y: xterm.buffer.active.cursorY }),
  };
}

/** Sem o espaço em vídeo inverso com que se pinta um cursor no fim da fileira. */
function semCursor(linha: IBufferLine): string {
  const texto = linha.translateToString(true);
  const onde = texto.length - 1;
  return texto.endsWith(' ') && linha.getCell(onde)?.isInverse() ? texto.slice(0, onde) : texto;
}
