/** Um programa iniciado daqui: o que escreve, o que responde por IPC, e como acaba. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ambienteLimpo } from './ambiente.ts';
import { esquecerConexoes } from './jsonrpc.ts';

/** O contrato dá 5 s a um processo para acabar em ordem. */
const PRAZO_DO_FIM_MS = 6_000;

export interface Lancamento {
  readonly ambiente?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Abre o canal por onde `perguntar` fala com um programa Node. */
  readonly ipc?: boolean;
  /** Deixa aberta a entrada padrão, que sem isto não há. */
  readonly entrada?: boolean;
}

export interface Programa extends AsyncDisposable {
  readonly filho: ChildProcess;
  readonly pid: number;
  /** Tudo o que escreveu até agora. */
  readonly saida: () => string;
  readonly erros: () => string;
  /** O status de saída, ou o sinal que o matou. */
  readonly fim: Promise<number | string>;
  /** O mesmo que `fim`, depois de lido tudo o que escreveu. */
  readonly lido: Promise<number | string>;
  /** Chama a função a cada pedaço da saída padrão. */
  readonly aoEscrever: (agir: () => void) => void;
  readonly encerrar: (sinal?: NodeJS.Signals) => Promise<number | string>;
  /** Com SIGTERM; com SIGKILL se ele não acaba no prazo do contrato. */
  readonly encerrarEmOrdem: () => Promise<number | string>;
  /** Manda uma mensagem por IPC e espera a próxima que vier. */
  readonly perguntar: (mensagem: object | string) => Promise<unknown>;
}

/** @param linha o programa e os seus argumentos */
export function lancar(
  [programa = process.execPath, ...argumentos]: readonly string[],
  { ambiente = {}, cwd, ipc = false, entrada = false }: Lancamento = {},
): Programa {
  const filho = spawn(programa, argumentos, {
    env: ambienteLimpo(ambiente),
    cwd,
    stdio: [entrada ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  const desfecho = (status: number | null, sinal: NodeJS.Signals | null) => status ?? sinal ?? 'desconhecido';
  const fim = once(filho, 'exit').then(([status, sinal]) => desfecho(status, sinal));
  const lido = once(filho, 'close').then(([status, sinal]) => desfecho(status, sinal));
  // Um programa que nem começou só importa a quem espera por ele.
  for (const promessa of [fim, lido]) promessa.catch(() => {});
  let [saida, erros] = ['', ''];
  filho.stdout?.setEncoding('utf8').on('data', (pedaco: string) => {
    saida += pedaco;
  });
  filho.stderr?.setEncoding('utf8').on('data', (pedaco: string) => {
    erros += pedaco;
  });

  const encerrar = async (sinal: NodeJS.Signals = 'SIGTERM') => {
    filho.kill(sinal);
    const desfechoDoFim = await fim;
    esquecerConexoes();
    return desfechoDoFim;
  };
  return {
    filho,
    pid: filho.pid ?? 0,
    saida: () => saida,
    erros: () => erros,
    fim,
    lido,
    aoEscrever: (agir) => filho.stdout?.on('data', agir),
    encerrar,
    encerrarEmOrdem: async () => {
      const insistir = setTimeout(() => filho.kill('SIGKILL'), PRAZO_DO_FIM_MS);
      const status = await encerrar();
      clearTimeout(insistir);
      return status;
    },
    perguntar: async (mensagem) => {
      const resposta = once(filho, 'message');
      filho.send(mensagem);
      return (await resposta)[0];
    },
    [Symbol.asyncDispose]: async () => {
      await encerrar('SIGKILL');
    },
  };
}
