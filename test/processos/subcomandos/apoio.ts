/** O cliente sem terminal, como um script o usa: argumentos, entrada, e o que sai. */

import { mainDe, type Terminado } from '../../../scripts/comum/processos.ts';
import { lancar } from '../../../scripts/comum/programa.ts';

export const CLIENTE = mainDe('cliente');

export interface Comando extends AsyncDisposable {
  readonly saida: () => string;
  readonly erros: () => string;
  readonly escrever: (texto: string | Buffer) => void;
  readonly fecharEntrada: () => void;
  /** Deixa de ler o que ele escreve, como um `head` que já terminou. */
  readonly fecharSaida: () => void;
  readonly sinal: (sinal: NodeJS.Signals) => void;
  readonly fim: Promise<Terminado>;
}

export function abrirComando(argumentos: readonly string[], ambiente: Readonly<Record<string, string>> = {}): Comando {
  const { filho, saida, erros, lido, encerrar } = lancar([process.execPath, CLIENTE, ...argumentos], {
    ambiente,
    entrada: true,
  });
  // Quem termina sem ler a entrada não é um erro do teste.
  filho.stdin?.on('error', () => {});
  return {
    saida,
    erros,
    escrever: (texto) => filho.stdin?.write(texto),
    fecharEntrada: () => filho.stdin?.end(),
    fecharSaida: () => filho.stdout?.destroy(),
    sinal: (sinal) => filho.kill(sinal),
    fim: lido.then((status) => ({
      status: typeof status === 'number' ? status : null,
      saida: saida(),
      erros: erros(),
    })),
    [Symbol.asyncDispose]: async () => {
      await encerrar('SIGKILL');
    },
  };
}

/** Roda até o fim. @param entrada o que ele lê; sem ela, nada */
export async function rodarComando(argumentos: readonly string[], entrada: string | Buffer = ''): Promise<Terminado> {
  await using comando = abrirComando(argumentos);
  comando.escrever(entrada);
  comando.fecharEntrada();
  return await comando.fim;
}

export function linhasDe(saida: string): string[] {
  return saida.split('\n').slice(0, -1);
}
