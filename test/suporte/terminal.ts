/** O cliente construído num pseudoterminal de verdade. */

import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { mainDe } from '../../scripts/comum/processos.ts';
import { abrirTerminal, type Janela, type Terminal } from '../../scripts/comum/terminal.ts';

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

export interface Abertura extends Janela {
  readonly argumentos?: readonly string[];
}

export interface TerminalDeTeste extends Terminal, AsyncDisposable {
  /** Espera que a tela mostre estas opções, a ativa com `>`. */
  readonly verMenu: (ativa: string) => Promise<void>;
}

/** Abre um cliente: `using pedro = abrirCliente({ argumentos: ['--binder', url] })`. */
export function abrirCliente({ argumentos = [], ambiente, ...janela }: Abertura): TerminalDeTeste {
  // Cada cliente tem o seu estado: um não volta como o que outro teste matou.
  const estado = pastaTemporaria();
  const terminal = abrirTerminal(process.execPath, [mainDe('cliente'), ...argumentos], {
    ...janela,
    ambiente: { TZ: 'America/Sao_Paulo', XDG_STATE_HOME: estado.caminho, ...ambiente },
  });
  const fechar = () => {
    terminal[Symbol.dispose]();
    estado[Symbol.dispose]();
  };
  return {
    ...terminal,
    verMenu: (ativa) => terminal.ver(`\n> ${ativa}\n`),
    [Symbol.dispose]: fechar,
    [Symbol.asyncDispose]: async () => fechar(),
  };
}
