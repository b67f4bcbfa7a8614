/** O cliente sem terminal, como um script o usa: argumentos, entrada, e o que sai. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Terminado } from '../../suporte/processos.ts';

export const CLIENTE = join(import.meta.dirname, '..', '..', '..', 'dist', 'cliente', 'main.js');

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

/** O ambiente sem as variáveis CHAT_ de quem roda os testes. */
function ambienteLimpo(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([nome]) => !nome.startsWith('CHAT_')));
}

export function abrirComando(argumentos: readonly string[], ambiente: Readonly<Record<string, string>> = {}): Comando {
  const filho = spawn(process.execPath, [CLIENTE, ...argumentos], { env: { ...ambienteLimpo(), ...ambiente } });
  let saida = '';
  let erros = '';
  filho.stdout.setEncoding('utf8').on('data', (pedaco) => {
    saida += pedaco;
  });
  filho.stderr.setEncoding('utf8').on('data', (pedaco) => {
    erros += pedaco;
  });
  // Quem termina sem ler a entrada não é um erro do teste.
  filho.stdin.on('error', () => {});
  const fim = new Promise<Terminado>((resolve) => {
    filho.once('close', (status) => resolve({ status, saida, erros }));
  });
  return {
    saida: () => saida,
    erros: () => erros,
    escrever: (texto) => filho.stdin.write(texto),
    fecharEntrada: () => filho.stdin.end(),
    fecharSaida: () => filho.stdout.destroy(),
    sinal: (sinal) => filho.kill(sinal),
    fim,
    [Symbol.asyncDispose]: async () => {
      filho.kill('SIGKILL');
      await fim;
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
